using System.Net;
using System.Text;

namespace Tenfold.EndToEnd.Tests.Parts;

/// <summary>Receives spans as OpenTelemetry's collector does (OTLP over HTTP), and keeps their bytes.</summary>
internal sealed class SpanCollector : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly StringBuilder _received = new();
    private readonly Task _receiving;
    private readonly string _address;

    public SpanCollector()
    {
        _address = $"http://127.0.0.1:{FreePort.Find()}";
        _listener.Prefixes.Add($"{_address}/");
        _listener.Start();
        _receiving = ReceiveAsync();
    }

    /// <summary>The variables by which a program sends its spans here, in small pieces.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
    };

    /// <summary>How often a text occurs in what was received. In Protocol Buffers, texts are UTF-8.</summary>
    public int Count(string text)
    {
        lock (_received) return _received.ToString().Split(text).Length - 1;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _receiving;
    }

    private async Task ReceiveAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                lock (_received) _received.Append(Encoding.Latin1.GetString(body.ToArray()));
                context.Response.StatusCode = 200;
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
