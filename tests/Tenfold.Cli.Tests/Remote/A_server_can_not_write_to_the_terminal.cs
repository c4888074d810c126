using System.Text.Json;
using Tenfold.App.Views;
using Tenfold.Cli.Remote;

namespace Tenfold.Cli.Tests.Remote;

public sealed class A_server_can_not_write_to_the_terminal
{
    private const string Hostile = "\u001b]52;c;aGk=\u0007a\u001b[31mb\u202ec\u009bd\r\ne\nf\u2028g";

    [Theory]
    [InlineData("\u001b]52;c;aGk=\u0007text", "text")]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("ab\u202ecd\u2066", "abcd")]
    [InlineData("one\rtwo!", "two!")]
    [InlineData("one\ntwo", "one two")]
    [InlineData("one\r\ntwo\u2028three\u0085", "one two three")]
    [InlineData("tab\tstays, zwölf \U0001f600 too", "tab\tstays, zwölf \U0001f600 too")]
    public void A_line_is_what_a_terminal_would_show(string text, string shown)
    {
        var view = new LogView(DateTimeOffset.UnixEpoch, "out", text, Continues: false);
        new RemoteLog(isRaw: false).Read(view)!.Text.ShouldBe(shown);
        new RemoteLog(isRaw: true).Read(view)!.Text.ShouldBe(text);
        RemoteLog.OneLine(text).ShouldBe(shown);
    }

    [Fact]
    public async Task Logs_print_text_whatever_the_server_sends()
    {
        var lines = string.Concat(new[] { "out", "note" }.Select(source => JsonSerializer.Serialize(
            new LogView(DateTimeOffset.UnixEpoch, source, Hostile, Continues: false), LineJson.Default.LogView) + "\n"));
        await using var server = new ScriptedServer((head, stream, cancellationToken) => stream.WriteAsync(
            ScriptedServer.Answer(head.StartsWith("GET /api/v1/status ")
                ? """{"version":"1","role":"read","live":0,"faults":["\u001b[31mfault"]}""" : lines), cancellationToken).AsTask());
        await using var sandbox = Of(server);
        var ended = (await sandbox.Run("logs", "k7m2xqab-1")).With(0).Saying("-- ab", "this may not be the latest: fault");
        ended.Out.ShouldBe("abcd e f g\n");
        ended.Error.ShouldNotContain('\u001b');
        JsonDocument.Parse((await sandbox.Run("logs", "k7m2xqab-1", "--json")).With(0).Out).RootElement.GetProperty("text").GetString()
            .ShouldBe(Hostile);
    }

    [Theory]
    [InlineData(64, 0)]
    [InlineData(3, 6)]
    public async Task A_group_is_printed_as_text_whatever_the_server_tells(int digits, int exitCode)
    {
        var hostile = JsonEncodedText.Encode(Hostile);
        var group = $$$"""
            {"group":{"id":"k7m2xqab","project":"{{{hostile}}}","target":"local","root":"{{{hostile}}}","createdAt":"2026-01-02T03:04:05Z",
            "host":"{{{hostile}}}","version":"1","baseSeed":1,"repeat":1,"snapshot":"{{{new string('a', digits)}}}",
            "environment":{"kind":"{{{hostile}}}"},
            "parameters":{"{{{hostile}}}":"{{{hostile}}}"},"data":{},"variables":{"A":"{{{hostile}}}"}},
            "runs":[{"id":"{{{hostile}}}","group":"k7m2xqab","repeat":1,"seed":1,"state":"failed","reason":"{{{hostile}}}",
            "createdAt":"2026-01-02T03:04:05Z","attempts":1,"warnings":[]}],"statistics":null}
            """;
        await using var server = new ScriptedServer((head, stream, cancellationToken) => stream.WriteAsync(
            ScriptedServer.Answer(
                head.StartsWith("GET /api/v1/status ") ? """{"version":"1","role":"read","live":0,"faults":[]}"""
                : head.StartsWith("GET /api/v1/ids/") ? """{"id":"k7m2xqab","kind":"group"}""" : group),
            cancellationToken).AsTask());
        await using var sandbox = Of(server);
        var ended = (await sandbox.Run("show", "k7m2xqab")).With(exitCode);
        foreach (var sign in "\u001b\u0007\u202e\u009b") (ended.Out + ended.Error).ShouldNotContain(sign);
        if (exitCode == 0) ended.Out.ShouldContain("0 of 1 run succeeded");
        else ended.Saying("can't print");
    }

    [Theory]
    [InlineData("""{"version":"1","role":"read","live":0,"faults":null}""", "application/json", 200)]
    [InlineData(
        """{"type":"x","title":"x","status":404,"detail":null,"code":"not-found"}""", "application/problem+json; charset=nonsense", 404)]
    [InlineData("nothing", "application/json; charset=nonsense", 200)]
    public async Task An_answer_that_can_not_be_read_is_no_bug_in_Tenfold(string body, string type, int status)
    {
        await using var server = ScriptedServer.Answering(body, type, status);
        await using var sandbox = Of(server);
        foreach (var command in new[] { "runs", "logs" })
        {
            var ended = await sandbox.Run(command == "runs" ? [command] : [command, "k7m2xqab-1"]);
            ended.With(6).Saying("answered something that this version of tenfold can't read").Error.ShouldNotContain("   at ");
        }
    }

    private static Sandbox Of(ScriptedServer server)
    {
        var sandbox = new Sandbox();
        sandbox.Variables["TENFOLD_SERVER"] = $"http://127.0.0.1:{server.Port}";
        sandbox.Variables["TENFOLD_API_KEY"] = "tfk_x";
        return sandbox;
    }
}
