using Tenfold.Cli.Commands;

namespace Tenfold.Cli.Tests.MainPath;

public sealed class Samples_and_the_demo
{
    [Theory]
    [InlineData("digits", "model/model.json")]
    [InlineData("digits-sklearn", "model/model.joblib")]
    [InlineData("digits-notebook", "output/train.ipynb")]
    public async Task Each_sample_learns_and_varies_with_the_seed(string sample, string made)
    {
        await using var place = new Sandbox();
        // Debian's Python has the libraries, but another Python may come first on this machine's PATH.
        place.Variables["PATH"] = $"/usr/bin:/bin:{Environment.GetEnvironmentVariable("PATH")}";
        Copy(Path.Combine(Installed.Repository, "samples", sample), place.Project);
        var fit = await place.Fit("--repeat", "2");
        var values = fit.At("statistics.values").EnumerateArray().Select(value => value.Number("value")).ToList();
        values.Count.ShouldBe(2);
        values.ShouldAllBe(accuracy => accuracy > 0.9 && accuracy <= 1);
        values.Distinct().Count().ShouldBe(2);
        var run = await place.Json("show", "--json", fit.Runs()[0].Id());
        run.At("files").EnumerateArray().Select(file => file.Text("path")).ShouldContain(made);
    }

    [Theory]
    [InlineData("iris", "iris")]
    [InlineData("serve-fastapi", "iris-fastapi")]
    [InlineData("serve-mlflow", "iris-mlflow")]
    [InlineData("serve-onnx", "iris-onnx")]
    public async Task Each_served_sample_passes_every_check_of_a_deploy(string sample, string model)
    {
        await using var place = new Sandbox();
        place.Variables["PATH"] = $"/usr/bin:/bin:{Environment.GetEnvironmentVariable("PATH")}";
        Copy(Path.Combine(Installed.Repository, "samples", sample), place.Project);
        var run = (await place.Fit()).Runs()[0].Id();
        (await place.Run("deploy", run, "--as", "1.0.0")).With(0);
        (await place.Json("versions", "--json")).EnumerateArray().ShouldHaveSingleItem().Text("model").ShouldBe(model);
    }

    // What follows load() and predict() is one service, written twice so that a user can copy either.
    [Fact]
    public void The_sample_serves_as_the_written_service_does() =>
        ServiceOf(File.ReadAllText(Path.Combine(Installed.Repository, "samples", "iris", "serve.py")))
            .ShouldBe(ServiceOf(ServeTemplate.Script));

    private static string ServiceOf(string script) => script[script.IndexOf("class Service(", StringComparison.Ordinal)..].Trim();

    [Fact]
    public async Task The_demo_compares_thirty_runs_and_lets_the_users_of_two_versions_decide()
    {
        await using var place = new Sandbox();
        var output = (await place.Run("demo")).With(0).Out;
        foreach (var part in new[] { "as it is", "idea A", "idea B", "95 % interval", "tenfold compare" }) output.ShouldContain(part);
        // The test does not say which verdict, since the last digits may differ on another processor.
        output.Split('\n')
            .Count(line => line.Contains("points") && (line.Contains("NOT SHOWN") || line.Contains("BETTER") || line.Contains("WORSE")))
            .ShouldBe(2);
        var runs = await place.Json("runs", "--json", "--limit", "100");
        runs.EnumerateArray().Count(run => run.State() == "succeeded").ShouldBe(30);

        foreach (var part in new[] { "1.0.0: 150 requests", "KEEP GOING", "1.1.0 is better than 1.0.0", "1.1.0: 150 requests" })
            output.ShouldContain(part);
        (await place.Json("versions", "--json")).GetArrayLength().ShouldBe(0, "the user's own home has no version");
        Serving(place).ShouldBeEmpty();
        var home = Directory.GetDirectories(Path.Combine(place.Home, "demo"), "serving-*").ShouldHaveSingleItem();
        place.Variables["TENFOLD_HOME"] = home;
        (await place.Json("versions", "iris", "--json")).EnumerateArray().Select(version => version.State())
            .ShouldBe(["reverted", "active"]);
        (await place.Json("requests", "iris", "--json")).EnumerateArray().ShouldAllBe(request => request.At("status").GetInt32() == 200);
    }

    [Fact]
    public async Task A_demo_that_is_interrupted_ends_everything_that_it_started()
    {
        await using var place = new Sandbox();
        using var demo = place.Start("demo", "serving");
        await Until.Found(
            () => Task.FromResult(Serving(place).FirstOrDefault(command => command.Contains("tenfold-gateway", StringComparison.Ordinal))),
            () => "the gateway runs");
        demo.Signal(OwnProcesses.SigInt);
        (await demo.EndAsync()).With(ExitCodes.Interrupted);
        Serving(place).ShouldBeEmpty();
    }

    private static readonly string[] Programs = ["tenfold-gateway", "serve.py", "load.py"];

    private static List<string> Serving(Sandbox place) =>
        [.. OwnProcesses.Below(place.Root).Select(process => process.Command).Where(command => Programs.Any(command.Contains))];

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
