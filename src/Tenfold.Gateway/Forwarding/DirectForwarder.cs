using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tenfold.Gateway.Forwarding;

/// <summary>
/// Forwards a short request over HTTP/1.1 with one write, and reads a reply that usually comes with one read. It costs half of what a
/// general client costs; see the decision about forwarding for the figures.
/// </summary>
internal static class DirectForwarder
{
    /// <summary>The longest body of a request that is forwarded in this way.</summary>
    public const int MostRequestBytes = 64 << 10;

    /// <summary>Sends a request, and writes status and headers of the reply to the context and its body to <paramref name="reply"/>.
    /// </summary>
    public static async ValueTask<CallEnd> SendAsync(HttpContext context, ModelCall call, ReplyBody reply, CancellationToken deadline)
    {
        var pool = call.Replica.Connections;
        ReplicaConnection? connection;
        try
        {
            connection = pool.TakeIdle() ?? await pool.ConnectAsync(deadline);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return deadline.IsCancellationRequested ? Interrupted(context) : CallEnd.NotConnected;
        }

        var isReusable = false;
        try
        {
            var length = WriteRequest(context, call, connection);
            for (var sent = 0; sent < length;)
                sent += await connection.Socket.SendAsync(connection.Buffer.AsMemory(sent, length - sent), deadline);
            var reader = new ReplyReader(connection);
            if (!await reader.ReadHeadAsync(context.Response, deadline)) return CallEnd.Broken;
            if (!await reader.CopyBodyAsync(reply, deadline)) return CallEnd.Broken;
            isReusable = reader.IsReusable;
            return CallEnd.Complete;
        }
        catch (OperationCanceledException)
        {
            return Interrupted(context);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return context.RequestAborted.IsCancellationRequested ? CallEnd.ClientGone : CallEnd.Broken;
        }
        finally
        {
            if (isReusable) pool.Return(connection);
            else connection.Dispose();
        }
    }

    private static CallEnd Interrupted(HttpContext context) =>
        context.RequestAborted.IsCancellationRequested ? CallEnd.ClientGone : CallEnd.TimedOut;

    // Writes the whole request into the connection's buffer. Kestrel has refused any line break in a header.
    private static int WriteRequest(HttpContext context, ModelCall call, ReplicaConnection connection)
    {
        var writer = new RequestWriter(connection.Buffer);
        writer.Write(call.Replica.RequestLine);
        var headers = context.Request.Headers;
        var named = headers.Connection;
        foreach (var (name, values) in headers)
        {
            if (!PassedHeaders.GoesToModel(name, named)) continue;
            foreach (var value in values) writer.WriteHeader(name, value ?? "");
        }

        if (call.ContentType is { } type) writer.WriteHeader("Content-Type", type);
        writer.Write("Tenfold-Request-Id: "u8);
        writer.Write(call.Id);
        writer.Write("\r\nContent-Length: "u8);
        writer.Write(call.Body.Length);
        writer.Write("\r\n\r\n"u8);
        writer.Write(call.Body.Span);
        connection.Buffer = writer.Buffer;
        return writer.Length;
    }

    private ref struct RequestWriter(byte[] buffer)
    {
        public byte[] Buffer = buffer;
        public int Length;

        public void Write(scoped ReadOnlySpan<byte> bytes)
        {
            Reserve(bytes.Length);
            bytes.CopyTo(Buffer.AsSpan(Length));
            Length += bytes.Length;
        }

        public void Write(Guid id)
        {
            Reserve(36);
            id.TryFormat(Buffer.AsSpan(Length), out var written);
            Length += written;
        }

        public void Write(int number)
        {
            Reserve(11);
            Utf8Formatter.TryFormat(number, Buffer.AsSpan(Length), out var written);
            Length += written;
        }

        public void WriteHeader(string name, string value)
        {
            Reserve(name.Length + 4 + Encoding.UTF8.GetMaxByteCount(value.Length));
            Length += Encoding.ASCII.GetBytes(name, Buffer.AsSpan(Length));
            ": "u8.CopyTo(Buffer.AsSpan(Length));
            Length += 2;
            Length += Encoding.UTF8.GetBytes(value, Buffer.AsSpan(Length));
            "\r\n"u8.CopyTo(Buffer.AsSpan(Length));
            Length += 2;
        }

        private void Reserve(int bytes)
        {
            if (Buffer.Length - Length < bytes) Array.Resize(ref Buffer, Math.Max(Buffer.Length * 2, Length + bytes));
        }
    }
}
