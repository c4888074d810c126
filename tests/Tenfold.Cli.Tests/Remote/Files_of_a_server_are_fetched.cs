using System.Globalization;
using System.Security.Cryptography;

namespace Tenfold.Cli.Tests.Remote;

public sealed class Files_of_a_server_are_fetched
{
    private const string Making =
        "mkdir -p $TENFOLD_MODEL_DIR/deep\necho one > \"$TENFOLD_MODEL_DIR/deep/one é &?#\"\n" +
        "head -c 3000000 /dev/urandom > $TENFOLD_MODEL_DIR/big\n" +
        "printf '#!/bin/sh\\necho hello\\n' > $TENFOLD_OUTPUT_DIR/run.sh\nchmod +x $TENFOLD_OUTPUT_DIR/run.sh\n" + Sandbox.SeedScript;

    private const string Status = """{"version":"1","role":"read","live":0,"faults":[]}""";

    [Fact]
    public async Task A_fetch_copies_what_it_copies_on_the_servers_machine()
    {
        await using var place = new Sandbox().Toy(Making);
        var fit = await place.Fit();
        var run = fit.Runs()[0].Id();
        var here = (await place.Run("fetch", run, "here")).With(0);
        await using var server = await StartedServer.StartAsync(place, "read");
        var there = (await place.Run("fetch", fit.Group(), "there")).With(0);
        there.Out.ShouldBe(here.Out);
        there.Error.ShouldBe(here.Error.Replace("here", "there", StringComparison.Ordinal));
        foreach (var path in here.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Sha(await File.ReadAllBytesAsync(Path.Combine(place.Project, "there", path)))
                .ShouldBe(Sha(await File.ReadAllBytesAsync(Path.Combine(place.Project, "here", path))), path);
        File.GetUnixFileMode(Path.Combine(place.Project, "there/output/run.sh")).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        (await place.Run("fetch", run, "there")).With(0).Saying("0 files fetched", "3 existed already");
        place.Write("there/output/run.sh", "mine\n");
        (await place.Run("fetch", run, "there")).With(ExitCodes.Exists).Saying("--overwrite", "Nothing was touched");
        (await place.Run("fetch", run, "there", "--overwrite", "--json")).With(0).Json.GetProperty("fetched")[0].GetString()
            .ShouldBe("output/run.sh");
        (await place.Run("copy", $"{run}:model/deep", "deep")).With(0).Out.ShouldBe("model/deep/one é &?#\n");
        (await File.ReadAllTextAsync(Path.Combine(place.Project, "deep/one é &?#"))).ShouldBe("one\n");
        (await place.Run("copy", $"{run}:model/none", "none")).With(3).Saying("it has: model/big");
        (await place.Run("fetch", "zzzz")).With(3).Saying("zzzz");
        // What was fetched is no part of what runs next, with a server or without.
        await server.DisposeAsync();
        var next = await place.Fit();
        (await place.Run("fetch", next.Runs()[0].Id(), "next")).With(0).Out.ShouldNotContain("there");
    }

    [Fact]
    public async Task A_transfer_that_broke_off_is_continued_and_leaves_no_half_file()
    {
        var content = RandomNumberGenerator.GetBytes(1_000_000);
        var asked = 0;
        await using var server = Serving("model/big", Sha(content), content.Length, async (head, stream, cancellationToken) =>
        {
            var offset = int.Parse(head.Split("offset=")[1].Split(' ')[0], CultureInfo.InvariantCulture);
            await stream.WriteAsync(ScriptedServer.Head($"Content-Length: {content.Length - offset}"), cancellationToken);
            var end = Interlocked.Increment(ref asked) == 1 ? 400_000 : content.Length;
            await stream.WriteAsync(content.AsMemory(offset, end - offset), cancellationToken);
        });
        await using var place = Of(server);
        (await place.Run("fetch", "k7m2xqab-1", "out")).With(6).Saying("broke off", "give the command again to go on");
        var folder = Path.Combine(place.Project, "out/model");
        Directory.GetFiles(folder).ShouldHaveSingleItem().ShouldEndWith($"big.{Sha(content)[..8]}.part");
        var arrived = new FileInfo(Directory.GetFiles(folder)[0]).Length;
        arrived.ShouldBeInRange(1, 400_000);
        (await place.Run("fetch", "k7m2xqab-1", "out")).With(0);
        server.Requests.ShouldContain(head => head.Contains($"&offset={arrived} ", StringComparison.Ordinal));
        Directory.GetFiles(folder).ShouldHaveSingleItem();
        (await File.ReadAllBytesAsync(Path.Combine(folder, "big"))).SequenceEqual(content).ShouldBeTrue();
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/tmp/tenfold-evil")]
    [InlineData("model/../../evil")]
    [InlineData("model//evil")]
    [InlineData("")]
    [InlineData("model/\\u001b]52;c;aGk=\\u0007evil\\nx")]
    public async Task A_hostile_name_leads_nowhere(string path)
    {
        await using var server = Serving(path, Sha([1]), 1, (_, stream, cancellationToken) =>
            stream.WriteAsync(ScriptedServer.Answer("\u0001"), cancellationToken).AsTask());
        await using var place = Of(server);
        var ended = (await place.Run("fetch", "k7m2xqab-1", "out")).With(5).Saying("can't be trusted", "Nothing was fetched");
        foreach (var sign in "\u001b\u0007") (ended.Out + ended.Error).ShouldNotContain(sign);
        Directory.GetFileSystemEntries(place.Root, "*evil*", SearchOption.AllDirectories).ShouldBeEmpty();
        File.Exists("/tmp/tenfold-evil").ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"attempt":"../../x-1","store":"s","files":[]}""")]
    [InlineData("""{"attempt":"x","store":"s","files":[]}""")]
    [InlineData("""{"attempt":"k7m2xqab-1-1","store":"s","files":[{"path":"a","sizeBytes":-1,"sha256":"x","executable":false}]}""")]
    public async Task An_answer_that_no_server_gives_is_refused(string files)
    {
        await using var server = new ScriptedServer((head, stream, cancellationToken) => stream.WriteAsync(
            ScriptedServer.Answer(head.StartsWith("GET /api/v1/status ") ? Status : files), cancellationToken).AsTask());
        await using var place = Of(server);
        (await place.Run("fetch", "k7m2xqab-1")).With(6).Saying("the server told something");
        Directory.GetFileSystemEntries(place.Root, "x-1*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("too long")]
    [InlineData("bad")]
    [InlineData("")]
    public async Task Content_that_is_not_what_was_published_is_not_kept(string sent)
    {
        await using var server = Serving("model/a", Sha("abc"u8.ToArray()), 3, (_, stream, cancellationToken) =>
            stream.WriteAsync(ScriptedServer.Answer(sent, "application/octet-stream"), cancellationToken).AsTask());
        await using var place = Of(server);
        (await place.Run("fetch", "k7m2xqab-1", "out")).With(5).Saying("model/a", "They were not written");
        Directory.GetFiles(Path.Combine(place.Project, "out"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    private static ScriptedServer Serving(
        string path, string sha, int size, Func<string, Stream, CancellationToken, Task> content) =>
        new((head, stream, cancellationToken) => head.Contains("/files/content?", StringComparison.Ordinal)
            ? content(head, stream, cancellationToken)
            : stream.WriteAsync(
                ScriptedServer.Answer(
                    head.StartsWith("GET /api/v1/status ") ? Status
                    : $$"""
                    {"attempt":"k7m2xqab-1-1","store":"/s","schema":1,
                    "files":[{"path":"{{path}}","sizeBytes":{{size}},"sha256":"{{sha}}","executable":false}]}
                    """),
                cancellationToken).AsTask());

    private static string Sha(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static Sandbox Of(ScriptedServer server)
    {
        var sandbox = new Sandbox();
        sandbox.Variables["TENFOLD_SERVER"] = $"http://127.0.0.1:{server.Port}";
        sandbox.Variables["TENFOLD_API_KEY"] = "tfk_x";
        return sandbox;
    }
}
