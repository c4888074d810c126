using System.Net.Http.Json;
using System.Text.Json;
using Tenfold.Aws.Double;
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
    private const string Predict = "def predict(model, request):\n    return {'prediction': model + request.get('x', 0)}\n\n\n";

    private readonly S3Server _s3 = new();
    private readonly AwsDouble _aws;
    private readonly Sandbox _sandbox = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
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
        _sandbox.Toy(Train + Sandbox.SeedScript, "  params: { answer: 1 }\nserve: { command: /usr/bin/python3 serve.py }");
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

        (await _sandbox.Run("deploy", first, "--as", "1.0.0", "--on", "aws")).With(0).Saying("gets all its traffic");
        (await _sandbox.Run("deploy", second, "--as", "1.0.0", "--on", "aws")).With(ExitCodes.Exists);
        (await _sandbox.Json("versions", "--json")).GetArrayLength().ShouldBe(0, "this machine's own record is another");
        (await _sandbox.Json("versions", "--on", "aws", "--json")).EnumerateArray().ShouldHaveSingleItem().Text("run").ShouldBe(first);

        _sandbox.Variables["TENFOLD_SERVING_STORE"] = $"s3://{_aws.Stacks.ResourceOf("tenfold", "Bucket")}/tenfold";
        _sandbox.Variables["TENFOLD_SERVING_CLUSTER"] = "tenfold-serving";
        using var gateway = _sandbox.Start("gateway", "--listen", _address);
        await AnswersAsync("1.0.0", 1);

        (await _sandbox.Run("deploy", second, "--as", "1.1.0", "--on", "aws")).With(0).Saying("without traffic");
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
        (await _sandbox.Run("purge", "toy", "1.1.0", "--on", "aws")).With(0);
        _aws.Ecs.Services.ShouldNotContain(reverted);
        gateway.Signal(OwnProcesses.SigTerm);
        (await gateway.EndAsync()).With(0);
        (await _sandbox.Run("infra", "destroy", "--serving", "--yes", "--force")).With(0).Saying("a snapshot of the database");
        _aws.Ecs.Services.ShouldBeEmpty();
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
            using var reply = await _client.SendAsync(request);
            if (!reply.IsSuccessStatusCode) return null;
            var json = await reply.Content.ReadFromJsonAsync<JsonElement>();
            return (reply.Headers.GetValues("Tenfold-Version").Single(), json.GetProperty("prediction").GetDouble());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
