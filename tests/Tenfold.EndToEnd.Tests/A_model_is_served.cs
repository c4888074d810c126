using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tenfold.Cli;
using Tenfold.Cli.Commands;
using Tenfold.EndToEnd.Tests.Parts;

namespace Tenfold.EndToEnd.Tests;

/// <summary>From a run to a version, its requests and outcomes, a verdict, and back, with the real programs.</summary>
public sealed class A_model_is_served : IAsyncLifetime
{
    private const string Train =
        """
        printf '%s' "$TENFOLD_PARAM_ANSWER" > "$TENFOLD_MODEL_DIR/answer"

        """;

    private const string Load = "def load(folder):\n    return float(open(os.path.join(folder, 'answer')).read())\n\n\n";
    private const string Predict = "def predict(model, request):\n    return {'prediction': model + request.get('x', 0)}\n\n\n";

    private readonly Sandbox _sandbox = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly HashSet<string> _acknowledged = [];
    private readonly string _address = $"http://127.0.0.1:{FreePort.Find()}";

    public ValueTask InitializeAsync()
    {
        _sandbox.Toy(Train + Sandbox.SeedScript, "  params: { answer: 1 }\nserve: { command: /usr/bin/python3 serve.py }");
        _sandbox.Write("serve.py", Service());
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task From_a_run_to_a_verdict_and_back()
    {
        var first = (await _sandbox.Fit()).Runs()[0].Id();
        var second = (await _sandbox.Fit("-p", "answer=2")).Runs()[0].Id();
        (await _sandbox.Run("deploy", first, "--as", "1.0.0")).With(0);
        (await _sandbox.Run("deploy", second, "--as", "1.0.0")).With(ExitCodes.Exists);
        (await _sandbox.Run("deploy", second, "--as", "1.1.0")).With(0);

        var gateway = await StartGatewayAsync();
        for (var user = 0; user < 40; user++)
        {
            var reply = await AskAsync(user);
            (reply.Version, reply.Prediction).ShouldBe(("1.0.0", 1 + user));
        }

        await SplitAsync();
        var versions = new Dictionary<int, string>();
        for (var user = 0; user < 40; user++)
        {
            var reply = await AskAsync(user);
            versions[user] = reply.Version;
            reply.Prediction.ShouldBe((reply.Version == "1.0.0" ? 1 : 2) + user);
            using var content = JsonContent.Create(new { request_id = reply.Id, metric = "reward", value = reply.Prediction - user });
            using var feedback = await _client.PostAsync($"{_address}/feedback", content);
            feedback.IsSuccessStatusCode.ShouldBeTrue(await feedback.Content.ReadAsStringAsync());
        }

        versions.Values.Distinct().Count().ShouldBe(2, "half of the users get each version");

        // A gateway that is killed loses no request, and leaves no replica behind that the next would not find.
        gateway.Kill();
        gateway.Dispose();
        gateway = await StartGatewayAsync();
        for (var user = 0; user < 40; user++)
            (await AskAsync(user)).Version.ShouldBe(versions[user], "a key stays with its version");

        await EveryReplyIsLoggedOnceAsync();

        (await _sandbox.Run("revert", "toy", "1.1.0")).With(0);
        await Until.Found(
            async () => (await AskAsync(versions.First(user => user.Value == "1.1.0").Key)).Version == "1.0.0" ? "" : null,
            () => "the reverted version has no traffic");
        (await _sandbox.Json("versions", "toy", "--json")).EnumerateArray().Select(version => version.State())
            .ShouldBe(["active", "reverted"]);

        gateway.Signal(OwnProcesses.SigTerm);
        (await gateway.EndAsync()).With(0);
        gateway.Dispose();
        OwnProcesses.Below(_sandbox.Root).Where(process => process.Command.Contains("serve.py")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deploy_that_fails_leaves_nothing_and_can_be_repeated()
    {
        const string Gated = "  params: { answer: 1 }\nserve: { command: /usr/bin/python3 serve.py, gate: { compare: GROUP } }";
        var baseline = (await _sandbox.Fit("--repeat", "6")).Group();

        _sandbox.Write("serve.py", "raise SystemExit('the model is broken')\n");
        var broken = (await _sandbox.Fit()).Runs()[0].Id();
        (await _sandbox.Run("deploy", broken, "--as", "1.0.0")).With(ExitCodes.GateFailed).Saying("the model is broken");
        await NothingIsLeftAsync();

        // Equal scores are no improvement.
        _sandbox.Toy(Train + Sandbox.SeedScript, Gated.Replace("GROUP", baseline));
        _sandbox.Write("serve.py", Service());
        var equal = (await _sandbox.Fit("--repeat", "6")).Runs()[0].Id();
        (await _sandbox.Run("deploy", equal, "--as", "1.0.0")).With(ExitCodes.GateFailed).Saying("the gate stays shut", "not shown");
        await NothingIsLeftAsync();

        // Each score is higher by one.
        _sandbox.Toy(Train + Sandbox.SeedScript.Replace("0.", "1.", StringComparison.Ordinal), Gated.Replace("GROUP", baseline));
        var good = (await _sandbox.Fit("--repeat", "6")).Runs()[0].Id();
        (await _sandbox.Run("deploy", good, "--as", "1.0.0")).With(0);
        var version = (await _sandbox.Json("versions", "toy", "--json")).EnumerateArray().ShouldHaveSingleItem();
        (version.Text("version"), version.State()).ShouldBe(("1.0.0", "active"));
    }

    [Fact]
    public async Task An_experiment_is_judged_drift_is_found_and_each_request_is_one_span()
    {
        const int Users = 150;
        var first = (await _sandbox.Fit()).Runs()[0].Id();
        var second = (await _sandbox.Fit("-p", "answer=2")).Runs()[0].Id();
        (await _sandbox.Run("deploy", first, "--as", "1.0.0")).With(0);
        (await _sandbox.Run("deploy", second, "--as", "1.1.0")).With(0);
        (await _sandbox.Run("ab", "start", "toy", "1.0.0", "1.1.0", "--metric", "reward")).With(ExitCodes.BadInput).Saying("no traffic");
        (await _sandbox.Run("ab", "show", "toy")).With(ExitCodes.NotFound);
        (await _sandbox.Run("traffic", "toy", "1.0.0=50", "1.1.0=50")).With(0);
        (await _sandbox.Run("ab", "start", "toy", "1.0.0", "1.1.0", "--metric", "reward", "--keys", "100")).With(0);
        (await _sandbox.Run("ab", "start", "toy", "1.0.0", "1.1.0", "--metric", "reward")).With(ExitCodes.Exists);

        await using var collector = new SpanCollector();
        foreach (var (name, value) in collector.Variables) _sandbox.Variables[name] = value;
        using var gateway = await StartGatewayAsync();
        foreach (var name in collector.Variables.Keys) _sandbox.Variables.Remove(name);
        for (var user = 1; user <= Users; user++)
        {
            var reply = (await TryAskAsync(user, x: user % 3)).ShouldNotBeNull();
            reply.Status.ShouldBe(HttpStatusCode.OK);
            var reward = reply.Prediction + (user % 2);
            using var content = JsonContent.Create(new { request_id = reply.Id, metric = "reward", value = reward });
            using var feedback = await _client.PostAsync($"{_address}/feedback", content);
            feedback.IsSuccessStatusCode.ShouldBeTrue(await feedback.Content.ReadAsStringAsync());
        }

        await Until.Found(
            async () => (await _sandbox.Json("ab", "show", "toy", "--json")).Text("verdict") == "better" ? "" : null,
            () => "the experiment has a verdict");
        (await _sandbox.Run("ab", "show", "toy")).With(0).Out.ShouldContain("BETTER: 1.1.0 is better than 1.0.0");
        (await _sandbox.Run("ab", "stop", "toy")).With(0);
        (await _sandbox.Run("ab", "stop", "toy")).With(ExitCodes.NotFound);
        (await _sandbox.Run("ab", "show", "toy")).With(0).Out.ShouldContain(", ended ");

        var drift = await _sandbox.Json("requests", "toy", "--drift", "--version", "1.1.0", "--against", "1.0.0", "--json");
        drift.At("features").EnumerateArray().Select(feature => (feature.Text("name"), feature.Text("verdict")))
            .ShouldBe([("input.x", "not shown"), ("output.prediction", "shifted")], ignoreOrder: true);
        (await _sandbox.Run("requests", "toy", "--drift")).With(0).Out.ShouldContain("output.prediction");

        // What is not sent yet, the gateway sends when it ends.
        gateway.Signal(OwnProcesses.SigTerm);
        (await gateway.EndAsync()).With(0);
        foreach (var id in _acknowledged) collector.Count(id).ShouldBe(1, "each request is one span");
        collector.Count("invoke toy").ShouldBeGreaterThanOrEqualTo(_acknowledged.Count);
        foreach (var name in new[] { "tenfold.model", "tenfold.version", "tenfold.arm", "1.0.0", "1.1.0", "candidate" })
            collector.Count(name).ShouldBeGreaterThan(0, name);
    }

    private async Task NothingIsLeftAsync()
    {
        (await _sandbox.Json("versions", "--json")).GetArrayLength().ShouldBe(0);
        OwnProcesses.Below(_sandbox.Root).Where(process => process.Command.Contains("serve.py")).ShouldBeEmpty();
    }

    // What `tenfold init --serve` writes, with a model of its own.
    private static string Service()
    {
        var written = ServeTemplate.Script;
        var (load, rest) = (At("def load("), At("class Service("));
        return written[..load] + Load + Predict + written[rest..];

        int At(string text) => written.IndexOf(text, StringComparison.Ordinal);
    }

    private async Task<Command> StartGatewayAsync()
    {
        var gateway = _sandbox.Start("gateway", "--listen", _address);
        await Until.Found(async () => await TryAskAsync(0) is { Status: HttpStatusCode.OK } ? "" : null, () => "the gateway answers");
        return gateway;
    }

    // Until the gateway notices the new route, it answers by the old one.
    private async Task SplitAsync()
    {
        (await _sandbox.Run("traffic", "toy", "1.0.0=0", "1.1.0=100")).With(0);
        await Until.Found(async () => (await TryAskAsync(0))?.Version == "1.1.0" ? "" : null, () => "the new version gets all traffic");
        (await _sandbox.Run("traffic", "toy", "1.0.0=50", "1.1.0=50")).With(0);
        await Until.Found(
            async () =>
            {
                var versions = new HashSet<string>();
                for (var user = 0; user < 20; user++) versions.Add((await AskAsync(user)).Version);
                return versions.Count == 2 ? "" : null;
            },
            () => "both versions get traffic");
    }

    private async Task<Answer> AskAsync(int user)
    {
        var answer = (await TryAskAsync(user)).ShouldNotBeNull();
        answer.Status.ShouldBe(HttpStatusCode.OK);
        return answer;
    }

    private async Task<Answer?> TryAskAsync(int user, int? x = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_address}/models/toy/invocations")
        {
            Content = JsonContent.Create(new { x = x ?? user }),
        };
        request.Headers.Add("Tenfold-Key", $"user-{user}");
        try
        {
            using var reply = await _client.SendAsync(request);
            if (!reply.IsSuccessStatusCode) return new Answer(reply.StatusCode, "", "", 0);
            var json = await reply.Content.ReadFromJsonAsync<JsonElement>();
            _acknowledged.Add(reply.Headers.GetValues("Tenfold-Request-Id").Single()).ShouldBeTrue("each request has its own id");
            return new Answer(
                reply.StatusCode, reply.Headers.GetValues("Tenfold-Version").Single(),
                reply.Headers.GetValues("Tenfold-Request-Id").Single(), json.GetProperty("prediction").GetDouble());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task EveryReplyIsLoggedOnceAsync()
    {
        var logged = await Until.Found(
            async () =>
            {
                var requests = await _sandbox.Json("requests", "toy", "--json");
                var ids = requests.EnumerateArray().Select(request => request.Id()).ToList();
                return _acknowledged.IsSubsetOf(ids) ? ids : null;
            },
            () => "all requests are loaded");
        logged.ShouldBeUnique();
    }

    private sealed record Answer(HttpStatusCode Status, string Version, string Id, double Prediction);
}
