using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tenfold.Gateway.Tests.Running;

/// <summary>A model server with a behaviour for each value of the header X-Do.</summary>
internal sealed class Model : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _calls;

    private Model(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/invocations", context => AnswerAsync(context, name));
    }

    public Uri Address => new(_app.Urls.First());

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Released by the test, for the behaviours that wait.</summary>
    public SemaphoreSlim Gate { get; } = new(0);

    /// <summary>Set when a client of the model went away.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The headers and the body of the last request.</summary>
    public (Dictionary<string, string> Headers, string Body) Last { get; private set; } = ([], "");

    public static async Task<Model> StartAsync(string name)
    {
        var model = new Model(name);
        await model._app.StartAsync();
        return model;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, string name)
    {
        Interlocked.Increment(ref _calls);
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        Last = (context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()), body);
        var response = context.Response;
        switch (context.Request.Headers["X-Do"].ToString())
        {
            case "stream":
                response.ContentType = "text/event-stream";
                await response.WriteAsync("data: 1\n\n");
                await response.Body.FlushAsync();
                await Gate.WaitAsync(context.RequestAborted);
                await response.WriteAsync("data: 2\n\n");
                return;
            case "wait":
                try
                {
                    await Gate.WaitAsync(context.RequestAborted);
                }
                catch (OperationCanceledException)
                {
                    Cancelled.TrySetResult();
                }

                return;
            case "trickle":
                response.ContentLength = 1_000_000;
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await response.WriteAsync(" ", context.RequestAborted);
                    await response.Body.FlushAsync(context.RequestAborted);
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, context.RequestAborted);
                }

                return;
            case "fail":
                response.StatusCode = 500;
                response.ContentType = "text/plain";
                await response.WriteAsync("a traceback");
                return;
            case "headers":
                response.Headers.Connection = "X-Hop";
                response.Headers["X-Hop"] = "1";
                response.Headers["X-End"] = "1";
                response.Headers["Keep-Alive"] = "timeout=5";
                response.Headers["Tenfold-Version"] = "forged";
                await WriteAsync(response, "{}");
                return;
            case "large":
                response.ContentLength = 8 << 20;
                for (var i = 0; i < 128; i++) await response.Body.WriteAsync(new byte[1 << 16], context.RequestAborted);
                return;
            case "echo":
                await WriteAsync(response, body);
                return;
            default:
                await WriteAsync(response, $$"""{"prediction": 7, "by": "{{name}}"}""");
                return;
        }
    }

    private static Task WriteAsync(HttpResponse response, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        (response.ContentType, response.ContentLength) = ("application/json", bytes.Length);
        return response.Body.WriteAsync(bytes).AsTask();
    }
}

/// <summary>A model server that answers every connection with given bytes, and then closes it.</summary>
internal sealed class RawModel : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public RawModel()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The bytes of the reply.</summary>
    public string Reply { get; set; } = "";

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptSocketAsync(_stop.Token);
                var buffer = new byte[65536];
                // The tests' requests are short and come at once.
                if (await client.ReceiveAsync(buffer, _stop.Token) == 0) continue;
                await client.SendAsync(Encoding.Latin1.GetBytes(Reply), _stop.Token);
                client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
