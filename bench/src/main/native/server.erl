%% Services with Erlang's gen_tcp: a process for each connection.
%%
%% Arguments: the service, the number of cores (the caller gives the schedulers), and the port of the upstream (0: none).
-module(server).
-export([main/1]).

-define(BODY, <<"Hello, World!">>).
-define(COMMON, [binary, {nodelay, true}, {active, false}, {exit_on_close, false}]).

main([Service, _Cores, Upstream]) ->
    Handler = handler(Service, list_to_integer(Upstream)),
    Options = [{ip, {127, 0, 0, 1}}, {backlog, 4096}, {reuseaddr, true} | ?COMMON],
    {ok, Listener} = gen_tcp:listen(0, Options),
    {ok, Port} = inet:port(Listener),
    io:format("listening on 127.0.0.1:~w (Erlang)~n", [Port]),
    accept(Listener, Handler).

handler("ECHO", _) -> fun echo/1;
handler("HTTP", _) -> fun http/1;
handler("PROXY", Upstream) -> fun(Socket) -> proxy(Socket, Upstream) end.

accept(Listener, Handler) ->
    case gen_tcp:accept(Listener) of
        {ok, Socket} ->
            Server = spawn(fun() -> receive go -> Handler(Socket), gen_tcp:close(Socket) end end),
            case gen_tcp:controlling_process(Socket, Server) of
                ok -> Server ! go;
                {error, _} -> exit(Server, kill) % the peer was faster
            end;
        {error, Reason} ->
            io:format(standard_error, "cannot accept: ~p~n", [Reason]),
            timer:sleep(10)
    end,
    accept(Listener, Handler).

%% The socket pushes what comes, a hundred messages at a time.
echo(Socket) ->
    case inet:setopts(Socket, [{active, 100}]) of
        ok -> echo_pushed(Socket);
        {error, _} -> closed
    end.

echo_pushed(Socket) ->
    receive
        {tcp, Socket, Data} ->
            case gen_tcp:send(Socket, Data) of
                ok -> echo_pushed(Socket);
                {error, _} -> closed
            end;
        {tcp_passive, Socket} -> echo(Socket);
        {tcp_closed, Socket} -> closed;
        {tcp_error, Socket, _} -> closed
    end.

%% The runtime system has a parser of HTTP for sockets.
http(Socket) ->
    case inet:setopts(Socket, [{packet, http_bin}]) of
        ok -> request(Socket);
        {error, _} -> closed
    end.

request(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, {http_request, _, _, {1, 1}}} -> headers(Socket, keep);
        {ok, {http_request, _, _, {1, 0}}} -> headers(Socket, close);
        _ -> closed
    end.

headers(Socket, Keep) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, {http_header, _, 'Connection', _, <<"close">>}} -> headers(Socket, close);
        {ok, {http_header, _, _, _, _}} -> headers(Socket, Keep);
        {ok, http_eoh} -> answer(Socket, Keep);
        _ -> closed
    end.

answer(Socket, Keep) ->
    Size = integer_to_binary(byte_size(?BODY)),
    Head = [<<"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ">>, Size, <<"\r\n\r\n">>],
    case gen_tcp:send(Socket, [Head, ?BODY]) of
        ok when Keep =:= keep -> request(Socket);
        _ -> closed
    end.

%% A process for each direction.
proxy(Client, Upstream) ->
    case gen_tcp:connect({127, 0, 0, 1}, Upstream, ?COMMON) of
        {ok, Server} ->
            {_, Answers} = spawn_monitor(fun() -> pass(Server, Client) end),
            pass(Client, Server),
            receive {'DOWN', _, process, Answers, _} -> ok end,
            gen_tcp:close(Server);
        {error, _} -> closed
    end.

pass(From, To) ->
    case gen_tcp:recv(From, 0) of
        {ok, Data} ->
            case gen_tcp:send(To, Data) of
                ok -> pass(From, To);
                {error, _} -> broken(From, To)
            end;
        {error, closed} -> gen_tcp:shutdown(To, write);
        {error, _} -> broken(From, To)
    end.

%% Ends the other direction too.
broken(From, To) ->
    gen_tcp:shutdown(From, read_write),
    gen_tcp:shutdown(To, read_write).
