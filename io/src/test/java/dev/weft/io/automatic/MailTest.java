package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.weft.Greenlet;
import dev.weft.testing.NoGreenletLeaks;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jakarta Mail (Angus), unmodified, in greenlets of one loop: SMTP and IMAP with a server on threads of its own. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class MailTest {
    private static final String HOST = "127.0.0.1";
    private static final String ADDRESS = "reader@weft.test";
    private static final int SENDERS = 40;
    private static final int MAILS_EACH = 5;
    private static final int READERS = 10;

    private final GreenMail server =
            new GreenMail(new ServerSetup[] {new ServerSetup(0, HOST, "smtp"), new ServerSetup(0, HOST, "imap")});
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger atTheGate = new AtomicInteger();

    @BeforeEach
    void start() {
        server.start();
        GreenMailUser user = server.setUser(ADDRESS, "reader", "secret");
        server.getUserManager().setMessageDeliveryHandler((message, address) -> {
            atTheGate.incrementAndGet();
            awaitGate();
            return user;
        });
    }

    private void awaitGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        gate.countDown();
        server.stop();
    }

    private Session session() {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", HOST);
        properties.setProperty("mail.smtp.port", String.valueOf(server.getSmtp().getPort()));
        properties.setProperty("mail.smtp.localhost", "localhost");
        properties.setProperty("mail.imap.host", HOST);
        properties.setProperty("mail.imap.port", String.valueOf(server.getImap().getPort()));
        properties.setProperty("mail.host", HOST);
        properties.setProperty("mail.from", "sender@weft.test");
        return Session.getInstance(properties);
    }

    private static void send(Session session, Transport transport, String subject) throws MessagingException {
        MimeMessage message = new MimeMessage(session);
        message.setFrom();
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(ADDRESS));
        message.setSubject(subject);
        message.setText("This is " + subject);
        message.saveChanges();
        transport.sendMessage(message, message.getAllRecipients());
    }

    private Store store() throws MessagingException {
        Store store = session().getStore("imap");
        store.connect("reader", "secret");
        return store;
    }

    @Test
    void mailsAreSentAndReadSideBySide() throws Exception {
        int mails = SENDERS * MAILS_EACH;
        try (OneLoop one = OneLoop.open()) {
            List<Greenlet<Integer>> senders = one.spawnAll(SENDERS, sender -> {
                Session session = session();
                try (Transport transport = session.getTransport("smtp")) {
                    transport.connect();
                    for (int i = 0; i < MAILS_EACH; i++) {
                        send(session, transport, "mail " + (sender * MAILS_EACH + i));
                    }
                }
                return sender;
            });
            one.until("the server holds a mail", () -> atTheGate.get() > 0); // it takes one after the other
            one.untilWaiting(SENDERS);
            gate.countDown();
            one.joinAll(senders);
            List<List<String>> read = one.all(READERS, reader -> read(reader, mails / READERS));
            TreeSet<String> subjects = new TreeSet<>();
            read.forEach(subjects::addAll);
            TreeSet<String> sent = new TreeSet<>();
            IntStream.range(0, mails).forEach(i -> sent.add("mail " + i + ": This is mail " + i));
            assertEquals(sent, subjects);
        }
    }

    /** Reads {@code count} mails, from the one that is the {@code reader}'s first. */
    private List<String> read(int reader, int count) throws Exception {
        List<String> texts = new ArrayList<>();
        try (Store store = store();
                Folder inbox = store.getFolder("INBOX")) {
            inbox.open(Folder.READ_ONLY);
            for (int i = 1; i <= count; i++) {
                Message message = inbox.getMessage(reader * count + i);
                texts.add(message.getSubject() + ": "
                        + message.getContent().toString().strip());
            }
        }
        return texts;
    }

    @Test
    void aReaderThatIdlesIsToldOfANewMail() throws Exception {
        gate.countDown();
        try (OneLoop one = OneLoop.open()) {
            CountDownLatch open = new CountDownLatch(1);
            Greenlet<Integer> reader = one.spawn(() -> {
                try (Store store = store();
                        Folder inbox = store.getFolder("INBOX")) {
                    inbox.open(Folder.READ_ONLY);
                    open.countDown();
                    while (inbox.getMessageCount() == 0) {
                        ((IMAPFolder) inbox).idle(true);
                    }
                    return inbox.getMessageCount();
                }
            });
            one.call(() -> {
                open.await();
                Session session = session();
                try (Transport transport = session.getTransport("smtp")) {
                    transport.connect();
                    send(session, transport, "news");
                }
                return "sent";
            });
            assertEquals(1, one.join(reader));
        }
    }
}
