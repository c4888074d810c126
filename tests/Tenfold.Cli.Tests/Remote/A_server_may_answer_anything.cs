using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;

namespace Tenfold.Cli.Tests.Remote;

/// <summary>What calls itself a server may be a proxy's login page, another version, or hostile.</summary>
public sealed class A_server_may_answer_anything
{
    private const string Run =
        """
        {"id":"k7m2xqab-1","group":"k7m2xqab","repeat":1,"seed":1,"state":"succeeded","createdAt":"2026-01-02T03:04:05Z","attempts":1,
        "metrics":[{"name":"a","count":1,"nonFinite":0,"first":1,"last":1,"lastStep":1,"min":1,"max":1,"resumes":[1]}],
        "warnings":[{"code":"x","text":"y"}]}
        """;

    private const string Group =
        """
        [{"group":{"id":"k7m2xqab","project":"p","target":"local","root":"/r","createdAt":"2026-01-02T03:04:05Z","host":"h",
        "version":"1","baseSeed":1,"repeat":1,"snapshot":"s","environment":{"kind":"none"},"parameters":{"a":[1,null,"x"]},
        "vary":[{"name":"seed"},{"name":"split","parameter":"a"}],
        "data":{"train":{"path":"d","hash":"h","sizeBytes":1}},"variables":{"A":"b"}},"runs":[
        """ + Run + "]}]";

    private static readonly string[] Pieces =
    [
        "null", "[]", "{}", "[null]", "\"\\ud800\"", "\"x\"", "1e999", "-1", "true", ",", ":", "\"parameters\":null,",
        "\"warnings\":[null],",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nonsense")]
    [InlineData("utf-16")]
    public async Task JSON_is_utf_8_whatever_the_header_says(string charset)
    {
        await using var server = ScriptedServer.Answering("""{"id":"zwölf","kind":"run"}""", $"application/json; charset={charset}");
        using var client = server.Client();
        (await client.GetAsync("ids/x", ViewJson.Default.IdView, Cancel)).Id.ShouldBe("zwölf");
        const string refusal = """{"type":"about:blank","title":"x","status":404,"detail":"there is no zwölf","code":"not-found"}""";
        await using var refusing = ScriptedServer.Answering(refusal, $"application/problem+json; charset={charset}", 404);
        using var refused = refusing.Client();
        var problem = await Should.ThrowAsync<CommandException>(() => refused.GetAsync("ids/x", ViewJson.Default.IdView, Cancel));
        (problem.ExitCode, problem.Message).ShouldBe((ExitCodes.NotFound, "there is no zwölf"));
    }

    [Theory]
    [InlineData("""{"version":"1","role":"read","live":0,"faults":null}""")]
    [InlineData("""{"version":"1","role":"read","live":0,"faults":[null]}""")]
    [InlineData("""{"version":"1","role":"read","live":0}""")]
    [InlineData("""{"version":"1","role":"read","faults":[]}""")]
    [InlineData("""{"version":"1","role":"\ud800","live":0,"faults":[]}""")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("<html></html>")]
    public async Task A_view_without_what_it_must_have_is_refused(string status)
    {
        await using var server = ScriptedServer.Answering(status);
        using var client = server.Client();
        await Refused.AsUnavailableAsync(
            () => client.WarnOutdatedAsync(Cancel), "answered something that this version of tenfold can't read");
    }

    [Theory]
    [InlineData("""{"type":"about:blank","title":"x","status":404,"detail":null,"code":"not-found"}""")]
    [InlineData("""{"type":"about:blank","title":"x","status":404,"code":"not-found"}""")]
    [InlineData("""{"type":"about:blank","title":"x","status":404,"detail":"y","code":null}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_refusal_without_its_words_is_refused(string problem)
    {
        await using var server = ScriptedServer.Answering(problem, "application/problem+json", 404);
        using var client = server.Client();
        await Refused.AsUnavailableAsync(
            () => client.GetAsync("ids/x", ViewJson.Default.IdView, Cancel), "answered something that this version of tenfold can't read");
    }

    [Theory]
    [InlineData("\"parameters\":{\"a\":[1,null,\"x\"]}", "\"parameters\":null")]
    [InlineData("\"parameters\":{\"a\":[1,null,\"x\"]}", "\"parameters\":[]")]
    [InlineData("\"parameters\":{\"a\":[1,null,\"x\"]}", "\"parameters\":{\"a\":\"\\ud800\"}")]
    [InlineData("\"parameters\":{\"a\":[1,null,\"x\"]}", "\"parameters\":{\"\\ud800\":1}")]
    [InlineData("\"parameters\":{\"a\":[1,null,\"x\"]},", "")]
    [InlineData("{\"A\":\"b\"}", "{\"A\":null}")]
    [InlineData("\"environment\":{\"kind\":\"none\"}", "\"environment\":{}")]
    [InlineData("{\"code\":\"x\",\"text\":\"y\"}", "null")]
    [InlineData("{\"code\":\"x\",\"text\":\"y\"}", "{\"code\":\"x\",\"text\":null}")]
    [InlineData("\"runs\":[", "\"runs\":[null,")]
    public void Null_is_found_wherever_it_stands(string part, string by)
    {
        Read(Group, ViewJson.Default.IReadOnlyListGroupResultView).ShouldBeTrue();
        Group.ShouldContain(part);
        Read(Group.Replace(part, by, StringComparison.Ordinal), ViewJson.Default.IReadOnlyListGroupResultView).ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"text\":\"hello\"", "\"text\":null")]
    [InlineData("\"text\":\"hello\",", "")]
    [InlineData("\"source\":\"out\"", "\"source\":null")]
    public void A_line_of_a_log_has_a_text_and_a_source(string part, string by)
    {
        const string line = """{"at":"2026-01-02T03:04:05Z","source":"out","text":"hello","continues":false}""";
        Read(line, LineJson.Default.LogView).ShouldBeTrue();
        Read(line.Replace(part, by, StringComparison.Ordinal), LineJson.Default.LogView).ShouldBeFalse();
    }

    [Fact]
    public async Task An_answer_is_read_or_is_refused()
    {
        var (read, refused) = (0, 0);
        await Mutations.CheckAsync([Group], Pieces, 2000, input =>
        {
            if (Read(Encoding.UTF8.GetString(input), ViewJson.Default.IReadOnlyListGroupResultView)) read++;
            else refused++;
        });
        read.ShouldBeGreaterThan(50);
        refused.ShouldBeGreaterThan(500);
    }

    [Fact]
    public async Task The_views_that_tenfold_prints_are_read()
    {
        await using var sandbox = new Sandbox().Toy();
        var group = (await sandbox.Fit("--repeat", "2")).GetProperty("group").GetProperty("id").GetString()!;
        Read((await sandbox.Run("runs", "--json")).With(0).Out, ViewJson.Default.IReadOnlyListRunView).ShouldBeTrue();
        Read((await sandbox.Run("show", group, "--json")).With(0).Out, ViewJson.Default.IReadOnlyListGroupResultView).ShouldBeTrue();
        Read((await sandbox.Run("show", $"{group}-1", "--json")).With(0).Out, ViewJson.Default.RunResultView).ShouldBeTrue();
        foreach (var line in (await sandbox.Run("logs", $"{group}-1", "--json")).With(0).Out.Trim().Split('\n'))
            Read(line, LineJson.Default.LogView).ShouldBeTrue(line);
    }

    // As text it is printed, or is refused in plain words.
    private static void TurnIntoRecords(GroupResultView group)
    {
        try
        {
            ViewRecords.Print(() => GroupDetails.Write(TextWriter.Null, ViewRecords.Of(group).Group));
        }
        catch (CommandException e)
        {
            e.ExitCode.ShouldBe(ExitCodes.Unavailable);
        }
    }

    // What is read can also be printed.
    private static bool Read<T>(string text, JsonTypeInfo<T> type)
    {
        try
        {
            var view = ServerJson.Read(text, type);
            JsonSerializer.Serialize(view, type).ShouldNotBe("null");
            foreach (var group in view as IEnumerable<GroupResultView> ?? [])
            {
                foreach (var parameter in group.Group.Parameters.EnumerateObject()) parameter.Name.ShouldNotBeNull();
                foreach (var run in group.Runs) (run.Id.Length + run.State.Length + run.Warnings.Count).ShouldBeGreaterThanOrEqualTo(0);
                TurnIntoRecords(group);
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
