using System.Text;
using Tenfold.App.Views;
using Tenfold.Cli.Remote;

namespace Tenfold.Cli.Tests.Remote;

public sealed class Answers_of_a_server_are_bounded
{
    private const string Line = """{"at":"2026-01-02T03:04:05Z","source":"out","text":"hello","continues":false}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_without_an_end_is_not_read_to_its_end()
    {
        await using var server = new ScriptedServer(async (_, stream, cancellationToken) =>
        {
            await stream.WriteAsync(ScriptedServer.Head("Content-Type: application/json"), cancellationToken);
            var blanks = Encoding.UTF8.GetBytes(new string(' ', 1 << 20));
            for (var size = 0; size < ServerClient.LargestAnswer + (16 << 20); size += blanks.Length)
                await stream.WriteAsync(blanks, cancellationToken);
        });
        using var client = server.Client();
        await Refused.AsUnavailableAsync(() => client.GetAsync("ids/x", ViewJson.Default.IdView, Cancel), "more than 64 MB");
    }

    [Fact]
    public async Task An_answer_that_announces_too_much_is_not_read_at_all()
    {
        await using var server = new ScriptedServer(async (_, stream, cancellationToken) =>
        {
            await stream.WriteAsync(ScriptedServer.Head($"Content-Length: {ServerClient.LargestAnswer + 1}"), cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        var time = new ManualTime();
        using var client = server.Client(time);
        await Refused.AsUnavailableAsync(() => client.GetAsync("ids/x", ViewJson.Default.IdView, Cancel), "more than 64 MB");
    }

    [Fact]
    public async Task A_refusal_is_short()
    {
        var body = $$"""{"title":"x","status":422,"detail":"{{new string('x', ServerClient.LargestProblem)}}","code":"bad-input"}""";
        await using var server = ScriptedServer.Answering(body, "application/problem+json", 422);
        using var client = server.Client();
        await Refused.AsUnavailableAsync(() => client.GetAsync("ids/x", ViewJson.Default.IdView, Cancel), "more than 64 kB");
    }

    [Fact]
    public async Task A_line_is_read_up_to_the_limit_and_not_beyond()
    {
        var longest = Line + new string(' ', ServerClient.LongestLine - Line.Length);
        await using var server = ScriptedServer.Answering($"{Line}\n\n{longest}\n{longest} \n", "application/x-ndjson");
        using var client = server.Client();
        var texts = new List<string>();
        await Refused.AsUnavailableAsync(
            async () =>
            {
                await foreach (var line in client.GetLinesAsync("runs/x/logs", LineJson.Default.LogView, Cancel)) texts.Add(line.Text);
            },
            "a line of more than 8 MB");
        texts.ShouldBe(["hello", "hello"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Lines_are_the_same_however_they_arrive(int piece)
    {
        using var stream = new Pieces(Encoding.UTF8.GetBytes("one\n\nzwölf\r\n\U0001f600 and no end"), piece);
        var lines = new BoundedLines(stream, 100);
        var read = new List<string>();
        while (await lines.ReadAsync(Cancel) is { } line) read.Add(line);
        read.ShouldBe(["one", "", "zwölf\r", "\U0001f600 and no end"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_begins_in_time_or_is_refused(bool hasBegun)
    {
        await using var server = new ScriptedServer(async (_, stream, cancellationToken) =>
        {
            // A refusal whose text never ends.
            var head = ScriptedServer.Head("Content-Type: application/problem+json\r\nContent-Length: 1000", 404);
            if (hasBegun) await stream.WriteAsync(head, cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        var time = new ManualTime();
        using var client = server.Client(time);
        await using var lines = client.GetLinesAsync("runs/x/logs", LineJson.Default.LogView, Cancel).GetAsyncEnumerator(Cancel);
        var asked = lines.MoveNextAsync().AsTask();
        await Eventually.ShouldBeAsync(() => !server.Requests.IsEmpty, "the server is asked");
        time.Waiting.ShouldBe(1);
        time.Fire();
        await Refused.AsUnavailableAsync(() => asked, "gave no answer within 100 s");
    }

    [Fact]
    public async Task A_log_that_has_begun_may_take_as_long_as_it_likes()
    {
        var goesOn = new TaskCompletionSource();
        await using var server = new ScriptedServer(async (_, stream, cancellationToken) =>
        {
            await stream.WriteAsync(ScriptedServer.Head("Content-Type: application/x-ndjson"), cancellationToken);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Line + "\n"), cancellationToken);
            await goesOn.Task.WaitAsync(cancellationToken);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Line + "\n"), cancellationToken);
        });
        var time = new ManualTime();
        using var client = server.Client(time);
        await using var lines = client.GetLinesAsync("runs/x/logs", LineJson.Default.LogView, Cancel).GetAsyncEnumerator(Cancel);
        (await lines.MoveNextAsync()).ShouldBeTrue();
        time.Fire();
        goesOn.SetResult();
        (await lines.MoveNextAsync()).ShouldBeTrue();
        (await lines.MoveNextAsync()).ShouldBeFalse();
    }

    // A stream that gives at most so many bytes at a time, as a connection may.
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
