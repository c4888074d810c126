using System.Net.Http.Json;
using System.Text.Json;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Cli;
using Tenfold.Cli.Commands;

namespace Tenfold.EndToEnd.Tests.Clouds;

/// <summary>
/// Versions in ECS, over the double of AWS, which really runs their tasks. The gateway is the real program too; it runs beside the double,
/// with the variables that its task would have.
/// </summary>
public sealed class A_model_is_served_on_AWS : IAsyncLifetime
{
    private const string Train = "printf '%s' \"$TENFOLD_PARAM_ANSWER\" > \"$TENFOLD_MODEL_DIR/answer\"\n";
    private const string Load = "def load(folder):\n    return float(open(os.path.join(folder, 'answer')).read())\n\n\n";
    private const string Predict = "def predict(model, request):\n    return {'prediction': model + request.get('x', 0), "
        + "'token': len(os.environ.get('TOKEN', ''))}\n\n\n";

    private const string Token = "the-token-of-the-model";

    private readonly S3Server _s3 = new();
    private readonly AwsDouble _aws;
    private readonly Sandbox _sandbox = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private HttpResponseMessage? _last;
    private readonly string _address = $"http://127.0.0.1:{FreePort.Find()}";

    public A_model_is_served_on_AWS()
    {
        _aws = new AwsDouble(new AwsDoubleOptions
        {
            S3Endpoint = _s3.Endpoint,
            S3Folder = Path.GetDirectoryName(_s3.Data),
            Second = TimeSpan.FromMilliseconds(50),
            Grace = TimeSpan.FromSeconds(1),
            // All tasks of this machine unpack the program once.
            MachineEnvironment = new Dictionary<string, string> { ["TENFOLD_SCRATCH"] = Path.Combine(_sandbox.Root, "scratch") },
        });
        foreach (var (name, value) in _aws.Environment) _sandbox.Variables[name] = value;
        _sandbox.Variables["TOKEN"] = Token;
        _sandbox.Toy(
            Train + Sandbox.SeedScript,
            "  params: { answer: 1 }\n  secrets: [ TOKEN ]\nserve: { command: /usr/bin/python3 serve.py }\n"
            + "targets: { cloud: { kind: batch } }");
        _sandbox.Write("serve.py", Service(""));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _sandbox.DisposeAsync();
        _aws.Dispose();
        _s3.Dispose();
    }

    [Fact]
    public async Task From_a_run_to_tasks_and_back()
    {
        (await _sandbox.Run("deploy", "x", "--as", "1.0.0", "--on", "aws")).With(ExitCodes.NotFound).Saying("infra apply --serving");
        (await _sandbox.Run("infra", "apply", "--serving", "--clients-from", "10.0.0.0/8")).With(0)
            .Saying("while no request comes, serving costs", "created GatewayService (AWS::ECS::Service)");
        var first = (await _sandbox.Fit()).Runs()[0].Id();
        var second = (await _sandbox.Fit("-p", "answer=2")).Runs()[0].Id();
        _sandbox.Write("serve.py", Service(
            "import os\nif os.environ['TENFOLD_HOST'] != '127.0.0.1': raise SystemExit('not in a cloud')\n"));
        var third = (await _sandbox.Fit()).Runs()[0].Id();

        await AKilledDeployIsRepeatedAsync(first);
        (await _sandbox.Run("deploy", second, "--as", "1.0.0", "--on", "aws")).With(ExitCodes.Exists);
        (await _sandbox.Json("versions", "--json")).GetArrayLength().ShouldBe(0, "this machine's own record is another");
        (await _sandbox.Json("versions", "--on", "aws", "--json")).EnumerateArray().ShouldHaveSingleItem().Text("run").ShouldBe(first);

        _sandbox.Variables["TENFOLD_SERVING_STORE"] = $"s3://{_aws.Stacks.ResourceOf("tenfold", "Bucket")}/tenfold";
        _sandbox.Variables["TENFOLD_SERVING_CLUSTER"] = "tenfold-serving";
        // The gateway's own home: the laptop sees neither its database nor its disk.
        _sandbox.Variables["TENFOLD_HOME"] = Path.Combine(_sandbox.Root, "gateway");
        using var gateway = _sandbox.Start("gateway", "--listen", _address);
        _sandbox.Variables["TENFOLD_HOME"] = _sandbox.Home;
        await AnswersAsync("1.0.0", 1);
        await ALaptopGivesKeysAsync();
        await AnswersAsync("1.0.0", 1);

        (await _sandbox.Run("deploy", second, "--as", "1.1.0", "--on", "aws")).With(0).Saying("without traffic");
        await ALaptopFollowsAnExperimentAsync();
        await AnswersAsync("1.0.0", 1);
        (await _sandbox.Run("traffic", "toy", "1.0.0=0", "1.1.0=100", "--on", "aws")).With(0);
        await AnswersAsync("1.1.0", 2);

        (await _sandbox.Run("revert", "toy", "1.1.0", "--on", "aws")).With(0);
        await AnswersAsync("1.0.0", 1);
        var reverted = VersionServiceRequest.NameOf("toy", "1.1.0");
        await Until.True(() => _aws.Ecs.RunningTasksOf(reverted) == 0, "the reverted version runs no task");
        _aws.Ecs.Services.ShouldContain(reverted, "what it was is still there");

        await ADeployThatFailsLeavesNothingAsync(third);
        (await _sandbox.Run("infra", "destroy", "--yes")).With(ExitCodes.RunFailed).Saying("infra destroy --serving");
        (await _sandbox.Run("infra", "destroy", "--serving", "--yes")).With(ExitCodes.RunFailed).Saying("2 versions");
        (await _sandbox.Run("purge", "toy", "1.1.0", "--on", "aws")).With(0).Saying("deleted");
        _aws.Ecs.Services.ShouldNotContain(reverted);
        _aws.Parameters.Names.ShouldAllBe(name => !name.Contains(reverted));
        (await _sandbox.Json("requests", "toy", "--version", "1.1.0", "--on", "aws", "--json")).GetArrayLength().ShouldBe(0);
        gateway.Signal(OwnProcesses.SigTerm);
        (await gateway.EndAsync()).With(0);
        (await _sandbox.Run("infra", "destroy", "--serving", "--yes", "--force")).With(0).Saying("a snapshot of the database");
        _aws.Ecs.Services.ShouldBeEmpty();
    }

    // SIGKILL between the service and its scaling.
    private async Task AKilledDeployIsRepeatedAsync(string run)
    {
        var (held, service) = (new TaskCompletionSource(), VersionServiceRequest.NameOf("toy", "1.0.0"));
        _aws.Faults.Add("application-autoscaling", "RegisterScalableTarget", Fault.WaitsFor(held.Task));
        using (var deploy = _sandbox.Start("deploy", run, "--as", "1.0.0", "--on", "aws"))
        {
            await Until.True(() => _aws.Ecs.Services.Contains(service), "the deploy has made its service");
            deploy.Kill();
            await deploy.EndAsync();
        }

        held.SetResult();
        (await _sandbox.Json("versions", "--on", "aws", "--json")).GetArrayLength().ShouldBe(0);
        (await _sandbox.Run("deploy", run, "--as", "1.0.0", "--on", "aws")).With(0)
            .Saying("removed what an earlier deploy has left", "gets all its traffic");
        _aws.Ecs.Services.Count(name => name == service).ShouldBe(1);
        _aws.Ecs.Definitions.Count(arn => arn.Contains(service)).ShouldBe(1);
        _aws.Parameters.Names.ShouldHaveSingleItem().ShouldEndWith($"{service}/TOKEN");
        _aws.Calls.All.ShouldAllBe(call => call.Operation == "PutParameter" || !call.Input.ToJsonString().Contains(Token));
    }

    private async Task ALaptopGivesKeysAsync()
    {
        (await _sandbox.Run("gateway", "keys", "list", "--on", "aws")).With(0).Saying("requests need none");
        var key = (await _sandbox.Run("gateway", "keys", "add", "web", "--on", "aws")).With(0).Out.Trim();
        await Until.Found(async () => await AskAsync() is null ? "" : null, () => "requests without a key are refused");
        _client.DefaultRequestHeaders.Add("Tenfold-Api-Key", key);
        (await _sandbox.Json("gateway", "keys", "list", "--on", "aws", "--json")).EnumerateArray().ShouldHaveSingleItem()
            .Text("name").ShouldBe("web");
        (await _sandbox.Json("gateway", "keys", "list", "--json")).GetArrayLength().ShouldBe(0, "this machine's own keys are others");
    }

    private async Task ALaptopFollowsAnExperimentAsync()
    {
        (await _sandbox.Run("traffic", "toy", "1.0.0=50", "1.1.0=50", "--on", "aws")).With(0);
        (await _sandbox.Run("ab", "start", "toy", "1.0.0", "1.1.0", "--metric", "reward", "--on", "aws")).With(0);
        // The gateway takes the experiment over once both versions are ready.
        await Until.Found(
            async () => await AskAsync() is not null && _last!.Headers.GetValues("Tenfold-Arm").Single() != "none" ? "" : null,
            () => "requests belong to the experiment");
        var requests = await Until.Found(
            async () => await _sandbox.Json("requests", "toy", "--on", "aws", "--json") is var all && all.GetArrayLength() > 1
                ? all.EnumerateArray().Select(one => one.Text("id")).ToList() : null,
            () => "the requests are in the gateway's database");
        _sandbox.Write("outcomes.csv", "request_id,metric,value\n" + string.Join('\n', requests.Select(id => $"{id},reward,1")) + "\n");
        var imported = await _sandbox.Json("feedback", "import", "outcomes.csv", "--on", "aws", "--json");
        imported.GetProperty("added").GetInt32().ShouldBe(requests.Count);
        var status = await _sandbox.Json("ab", "show", "toy", "--on", "aws", "--json");
        status.GetProperty("verdict").GetString().ShouldBe("keep going");
        (await _sandbox.Run("report", "toy", "--on", "aws", "-o", "toy.html")).With(0);
        File.ReadAllText(Path.Combine(_sandbox.Project, "toy.html")).ShouldContain("reward");
        (await _sandbox.Run("ab", "stop", "toy", "--on", "aws")).With(0);
        // The quotas of this account are too small for the largest runs, which is another check.
        var checks = (await _sandbox.Run("doctor", "--json")).Json.EnumerateArray().ToLookup(check => check.Text("what"));
        foreach (var what in new[] { "stack tenfold-serving", "gateways", "version toy 1.0.0", "version toy 1.1.0", "request log" })
            checks[what].ShouldHaveSingleItem(what).State().ShouldBe("ok", what);
    }

    // The service passes the check on this machine, and fails in a task.
    private async Task ADeployThatFailsLeavesNothingAsync(string run)
    {
        var (services, definitions, targets) = (_aws.Ecs.Services, _aws.Ecs.Definitions, _aws.Scaling.Targets.Count);
        (await _sandbox.Run("deploy", run, "--as", "1.2.0", "--on", "aws")).With(ExitCodes.GateFailed).Saying("not in a cloud");
        _aws.Ecs.Services.ShouldBe(services);
        _aws.Ecs.Definitions.ShouldBe(definitions);
        _aws.Scaling.Targets.Count.ShouldBe(targets);
        (await _sandbox.Json("versions", "--on", "aws", "--json")).GetArrayLength().ShouldBe(2);
    }

    // What `tenfold init --serve` writes, with a model of its own.
    private static string Service(string first)
    {
        var written = ServeTemplate.Script;
        var (load, rest) = (At("def load("), At("class Service("));
        return first + written[..load] + Load + Predict + written[rest..];

        int At(string text) => written.IndexOf(text, StringComparison.Ordinal);
    }

    private async Task AnswersAsync(string version, double prediction) => await Until.Found(
        async () => await AskAsync() == (version, prediction) ? "" : null, () => $"{version} answers");

    private async Task<(string Version, double Prediction)?> AskAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_address}/models/toy/invocations")
        {
            Content = JsonContent.Create(new { x = 0 }),
        };
        try
        {
            var reply = _last = await _client.SendAsync(request);
            if (!reply.IsSuccessStatusCode) return null;
            var json = await reply.Content.ReadFromJsonAsync<JsonElement>();
            json.GetProperty("token").GetInt32().ShouldBe(Token.Length, "the service has its secret");
            return (reply.Headers.GetValues("Tenfold-Version").Single(), json.GetProperty("prediction").GetDouble());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
