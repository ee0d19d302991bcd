// The services on Go's standard library: a goroutine per connection.
//
// Arguments: the service, the number of cores, and the port of the upstream (0: none).
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
)

const body = "Hello, World!"

var upstream string

// The transport keeps idle connections without a bound and reuses the most recently used one first.
var client = &http.Client{Transport: &http.Transport{
	MaxIdleConns:        0,
	MaxIdleConnsPerHost: 1 << 20,
	DisableCompression:  true,
}}

func main() {
	cores, _ := strconv.Atoi(os.Args[2])
	runtime.GOMAXPROCS(cores)
	upstream = "127.0.0.1:" + os.Args[3]
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("listening on %v (Go)\n", listener.Addr())
	switch os.Args[1] {
	case "ECHO":
		serve(listener, echo)
	case "PROXY":
		serve(listener, proxy)
	case "HTTP":
		serveHTTP(listener, func() ([]byte, error) { return []byte(body), nil })
	case "BACKEND":
		serveHTTP(listener, call)
	case "BACKENDS":
		serveHTTP(listener, threeCalls)
	default:
		fmt.Fprintln(os.Stderr, "no such service:", os.Args[1])
		os.Exit(1)
	}
}

func serve(listener net.Listener, handle func(*net.TCPConn)) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "cannot accept:", err)
			continue
		}
		go handle(conn.(*net.TCPConn))
	}
}

func echo(conn *net.TCPConn) {
	defer conn.Close()
	buffer := make([]byte, 4096)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		if _, err := conn.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func proxy(conn *net.TCPConn) {
	defer conn.Close()
	target, err := net.Dial("tcp", upstream)
	if err != nil {
		return
	}
	defer target.Close()
	done := make(chan struct{})
	go func() {
		pass(conn, target.(*net.TCPConn))
		close(done)
	}()
	pass(target.(*net.TCPConn), conn)
	<-done
}

func pass(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		from.Close()
		to.Close()
		return
	}
	to.CloseWrite()
}

func serveHTTP(listener net.Listener, answer func() ([]byte, error)) {
	http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := answer()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		w.Write(text)
	}))
}

func call() ([]byte, error) {
	response, err := client.Get("http://" + upstream + "/")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

func threeCalls() ([]byte, error) {
	type result struct {
		body []byte
		err  error
	}
	first, err := call()
	if err != nil {
		return nil, err
	}
	beside := make(chan result, 1)
	go func() {
		body, err := call()
		beside <- result{body, err}
	}()
	third, err := call()
	second := <-beside
	if err != nil {
		return nil, err
	}
	if second.err != nil {
		return nil, second.err
	}
	return append(append(first, second.body...), third...), nil
}
