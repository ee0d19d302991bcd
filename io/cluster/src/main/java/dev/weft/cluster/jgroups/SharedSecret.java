package dev.weft.cluster.jgroups;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.stack.Protocol;
import org.jgroups.util.ByteArray;
import org.jgroups.util.FastArray;
import org.jgroups.util.MessageBatch;
import org.jgroups.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts each message whole, with its headers, by a key that follows from a secret of all nodes, and lets no other in. It stands
 * right above the transport. (The encryption of JGroups itself leaves headers open and cannot use authenticated ciphers.)
 *
 * <p>AES-256 in Galois counter mode. Each node draws a salt, from which with the secret its own key follows, and counts its messages, so
 * that no nonce is used twice. A message is: the salt, the count, the encrypted message.
 */
public final class SharedSecret extends Protocol {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.cluster");
    private static final int SALT = 16; // bytes
    private static final int TAG_BITS = 128;
    private static final int ROUNDS = 210_000; // as OWASP advises for this function
    private static final int MAX_KEYS = 1_000;
    private static final long WARNING_PAUSE_NANOS = 10_000_000_000L;

    private final Mac master;
    private final byte[] salt = new byte[SALT];
    private final SecretKey ownKey;
    private final AtomicLong count = new AtomicLong();
    private final Map<ByteBuffer, SecretKey> peerKeys =
            new ConcurrentHashMap<>(); // by salt, of those that know the secret
    private volatile long nextWarning = System.nanoTime();

    /** Creates it with the nodes' common secret. Takes a tenth of a second, so that guessing takes long. */
    public SharedSecret(char[] secret) throws GeneralSecurityException {
        byte[] purpose = "dev.weft.cluster".getBytes(StandardCharsets.UTF_8);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(secret, purpose, ROUNDS, 256))
                .getEncoded();
        master = Mac.getInstance("HmacSHA256");
        master.init(new SecretKeySpec(key, "HmacSHA256"));
        new SecureRandom().nextBytes(salt);
        ownKey = keyOf(salt);
    }

    private SecretKey keyOf(byte[] ofSalt) {
        synchronized (master) {
            return new SecretKeySpec(master.doFinal(ofSalt), "AES");
        }
    }

    private static Cipher cipher(int mode, SecretKey key, long number) throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(number).array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    @Override
    public @Nullable Object down(Message message) {
        try {
            return down_prot.down(encrypt(message));
        } catch (Exception e) {
            LOGGER.log(Level.ERROR, "a message to " + message.getDest() + " cannot be encrypted", e);
            return null;
        }
    }

    private Message encrypt(Message message) throws Exception {
        if (message.getSrc() == null) {
            message.setSrc(local_addr);
        }
        ByteArray plain = Util.messageToBuffer(message);
        long number = count.getAndIncrement();
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, ownKey, number);
        byte[] bytes = new byte[SALT + Long.BYTES + cipher.getOutputSize(plain.getLength())];
        ByteBuffer.wrap(bytes).put(salt).putLong(number);
        cipher.doFinal(plain.getArray(), plain.getOffset(), plain.getLength(), bytes, SALT + Long.BYTES);
        return new BytesMessage(message.getDest(), bytes)
                .setSrc(message.getSrc())
                .setFlag(message.getFlags(false), false)
                .setFlag(message.getFlags(true), true);
    }

    @Override
    public @Nullable Object up(Message message) {
        Message inner = decrypt(message);
        return inner == null ? null : up_prot.up(inner);
    }

    @Override
    public void up(MessageBatch batch) {
        Iterator<Message> messages = batch.iterator();
        while (messages.hasNext()) {
            Message inner = decrypt(messages.next());
            if (inner == null) {
                messages.remove();
            } else {
                ((FastArray<Message>.FastIterator) messages).replace(inner);
            }
        }
        if (!batch.isEmpty()) {
            up_prot.up(batch);
        }
    }

    private @Nullable Message decrypt(Message message) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(message.getArray(), message.getOffset(), message.getLength());
            byte[] peerSalt = new byte[SALT];
            bytes.get(peerSalt);
            long number = bytes.getLong();
            SecretKey known = peerKeys.get(ByteBuffer.wrap(peerSalt));
            SecretKey key = known == null ? keyOf(peerSalt) : known;
            byte[] plain = cipher(Cipher.DECRYPT_MODE, key, number)
                    .doFinal(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            if (known == null) {
                remember(peerSalt, key);
            }
            Message inner = Util.messageFromBuffer(plain, 0, plain.length);
            return inner.getSrc() != null && inner.getSrc().equals(message.getSrc()) ? inner : refuse(message);
        } catch (Exception e) {
            return refuse(message);
        }
    }

    private void remember(byte[] peerSalt, SecretKey key) {
        if (peerKeys.size() >= MAX_KEYS) {
            peerKeys.clear();
        }
        peerKeys.put(ByteBuffer.wrap(peerSalt), key);
    }

    private @Nullable Message refuse(Message message) {
        long now = System.nanoTime();
        if (now - nextWarning >= 0) {
            nextWarning = now + WARNING_PAUSE_NANOS;
            LOGGER.log(
                    Level.WARNING,
                    "a message of " + message.getSrc()
                            + " is refused: it was not encrypted with the secret of this node"
                            + "; give all nodes the same TcpConfig.secret, unless this is a stranger");
        }
        return null;
    }
}
