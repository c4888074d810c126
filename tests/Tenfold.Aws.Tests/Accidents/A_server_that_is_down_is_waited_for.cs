using System.Text;
using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Accidents;

public sealed class A_server_that_is_down_is_waited_for : IDisposable
{
    private readonly S3Server _server = new();
    private readonly TemporaryFolder _files = new();

    public void Dispose()
    {
        _server.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task What_is_asked_meanwhile_is_done_once_it_is_back()
    {
        using S3Store store = _server.Store("down");
        (string path, byte[] content) = Blob.File(_files, "model", 30 << 20);
        await store.PutFileAsync("there", path, move: false, default);
        ISegmentWriter log = store.AppendSegments("log");
        await log.AppendAsync("one "u8.ToArray(), default);
        await log.FlushAsync(default);
        await using Stream? open = await store.OpenReadAsync("there", default);
        _server.Kill();
        Task<bool> create = store.TryCreateAsync("claim", "mine"u8.ToArray(), default);
        Task write = store.WriteAsync("state", "written"u8.ToArray(), default);
        Task put = store.PutFileAsync("model", path, move: false, default);
        Task<byte[]?> read = store.ReadAsync("there-not", default);
        var rest = new MemoryStream();
        Task copy = open!.CopyToAsync(rest);
        await log.AppendAsync("two"u8.ToArray(), default);
        Task flush = log.FlushAsync(default).AsTask();
        await Task.Delay(300);
        ((Task[])[create, write, put, read, flush]).ShouldAllBe(task => !task.IsCompleted);
        _server.Start();
        await Task.WhenAll(create, write, put, read, copy, flush);
        (await create).ShouldBeTrue();
        (await store.ReadAsync("claim", default)).ShouldBe("mine"u8.ToArray());
        (await store.ReadAsync("state", default)).ShouldBe("written"u8.ToArray());
        (await read).ShouldBeNull();
        (await Blob.IsAsync(store, "model", content)).ShouldBeTrue();
        rest.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
        await using Stream text = await store.OpenSegmentsAsync("log", 0, default);
        (await new StreamReader(text).ReadToEndAsync()).ShouldBe("one two");
    }

    [Fact]
    public async Task Killed_again_and_again_it_loses_nothing_and_doubles_nothing()
    {
        using S3Store store = _server.Store("again");
        (string path, byte[] content) = Blob.File(_files, "model", 60 << 20);
        using var stop = new CancellationTokenSource();
        string written = "";
        Task logging = Task.Run(async () =>
        {
            await using ISegmentWriter log = store.AppendSegments("log");
            for (int line = 0; !stop.IsCancellationRequested; line++)
            {
                await log.AppendAsync(Encoding.ASCII.GetBytes($"line {line}\n"), default);
                await log.FlushAsync(default);
                written += $"line {line}\n";
            }
        });
        Task putting = Task.Run(async () =>
        {
            for (int i = 0; i < 3; i++) await store.PutFileAsync($"model-{i}", path, move: false, default);
        });
        for (int kill = 0; kill < 5; kill++)
        {
            int before = _server.Requests().Length;
            while (_server.Requests().Length < before + 10 && !logging.IsFaulted) await Task.Delay(5);
            _server.Kill();
            _server.Start();
        }
        await putting;
        await stop.CancelAsync();
        await logging;
        await using Stream text = await store.OpenSegmentsAsync("log", 0, default);
        (await new StreamReader(text).ReadToEndAsync()).ShouldBe(written);
        for (int i = 0; i < 3; i++) (await Blob.IsAsync(store, $"model-{i}", content)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_flush_that_failed_may_be_tried_again()
    {
        using S3Store store = _server.Store("flush", new S3Options { Patience = TimeSpan.Zero });
        ISegmentWriter log = store.AppendSegments("log");
        await log.AppendAsync("one "u8.ToArray(), default);
        await log.FlushAsync(default);
        _server.Kill();
        await log.AppendAsync("two "u8.ToArray(), default);
        (await Should.ThrowAsync<StoreException>(async () => await log.FlushAsync(default))).Message.ShouldContain($"{_server.Endpoint} can't be reached");
        await log.AppendAsync("three "u8.ToArray(), default);
        await Should.ThrowAsync<StoreException>(async () => await log.FlushAsync(default));
        _server.Start();
        await log.AppendAsync("four"u8.ToArray(), default);
        await log.DisposeAsync();
        await using Stream text = await store.OpenSegmentsAsync("log", 0, default);
        (await new StreamReader(text).ReadToEndAsync()).ShouldBe("one two three four");
    }
}
