using System.Text;
using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Failures;

public sealed class Calls_wait_for_a_server_that_is_down : IDisposable
{
    private readonly S3Server _server = new();
    private readonly TemporaryFolder _files = new();

    public void Dispose()
    {
        _server.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task Calls_during_an_outage_succeed_after_it()
    {
        using var store = _server.Store("down");
        (var path, var content) = LargeObject.File(_files, "model", 30 << 20);
        await store.PutFileAsync("there", path, move: false, default);
        var log = store.AppendSegments("log");
        await log.AppendAsync("one "u8.ToArray(), default);
        await log.FlushAsync(default);
        await using var open = await store.OpenReadAsync("there", default);
        _server.Kill();
        var create = store.TryCreateAsync("claim", "mine"u8.ToArray(), default);
        var write = store.WriteAsync("state", "written"u8.ToArray(), default);
        var put = store.PutFileAsync("model", path, move: false, default);
        var read = store.ReadAsync("there-not", default);
        var rest = new MemoryStream();
        var copy = open!.CopyToAsync(rest);
        await log.AppendAsync("two"u8.ToArray(), default);
        var flush = log.FlushAsync(default).AsTask();
        await Task.Delay(300);
        ((Task[])[create, write, put, read, flush]).ShouldAllBe(task => !task.IsCompleted);
        _server.Start();
        await Task.WhenAll(create, write, put, read, copy, flush);
        (await create).ShouldBeTrue();
        (await store.ReadAsync("claim", default)).ShouldBe("mine"u8.ToArray());
        (await store.ReadAsync("state", default)).ShouldBe("written"u8.ToArray());
        (await read).ShouldBeNull();
        (await LargeObject.IsAsync(store, "model", content)).ShouldBeTrue();
        rest.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
        await using var text = await store.OpenSegmentsAsync("log", 0, default);
        (await new StreamReader(text).ReadToEndAsync()).ShouldBe("one two");
    }

    [Fact]
    public async Task Repeated_kills_neither_lose_nor_duplicate_data()
    {
        using var store = _server.Store("again");
        (var path, var content) = LargeObject.File(_files, "model", 60 << 20);
        using var stop = new CancellationTokenSource();
        var written = "";
        var logging = Task.Run(async () =>
        {
            await using var log = store.AppendSegments("log");
            for (var line = 0; !stop.IsCancellationRequested; line++)
            {
                await log.AppendAsync(Encoding.ASCII.GetBytes($"line {line}\n"), default);
                await log.FlushAsync(default);
                written += $"line {line}\n";
            }
        });
        var putting = Task.Run(async () =>
        {
            for (var i = 0; i < 3; i++) await store.PutFileAsync($"model-{i}", path, move: false, default);
        });
        for (var kill = 0; kill < 5; kill++)
        {
            var before = _server.Requests().Length;
            while (_server.Requests().Length < before + 10 && !logging.IsFaulted) await Task.Delay(5);
            _server.Kill();
            _server.Start();
        }
        await putting;
        await stop.CancelAsync();
        await logging;
        await using var text = await store.OpenSegmentsAsync("log", 0, default);
        (await new StreamReader(text).ReadToEndAsync()).ShouldBe(written);
        for (var i = 0; i < 3; i++) (await LargeObject.IsAsync(store, $"model-{i}", content)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_failed_flush_can_be_retried()
    {
        using var store = _server.Store("flush", new S3Options { Patience = TimeSpan.Zero });
        var log = store.AppendSegments("log");
        await log.AppendAsync("one "u8.ToArray(), default);
        await log.FlushAsync(default);
        _server.Kill();
        await log.AppendAsync("two "u8.ToArray(), default);
        (await Should.ThrowAsync<StoreException>(async () => await log.FlushAsync(default))).Message.ShouldContain(
            $"{_server.Endpoint} can't be reached");
        await log.AppendAsync("three "u8.ToArray(), default);
        await Should.ThrowAsync<StoreException>(async () => await log.FlushAsync(default));
        _server.Start();
        await log.AppendAsync("four"u8.ToArray(), default);
        await log.DisposeAsync();
        await using var text = await store.OpenSegmentsAsync("log", 0, default);
        (await new StreamReader(text).ReadToEndAsync()).ShouldBe("one two three four");
    }
}
