using System.CommandLine;
using Tenfold.App.Serving.Checking;
using Tenfold.App.Serving.Deploying;
using Tenfold.App.Serving.OnAws;
using Tenfold.App.Views;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;
using Tenfold.Core.Versions;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold deploy</c>: makes a run's model a version that the gateway serves.</summary>
internal static class DeployCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var run = new Argument<string?>("run")
        {
            Description = "The run whose model is served; any unique prefix will do.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var version = new Option<string>("--as") { Description = "The version's name, such as 1.1.0.", Required = true };
        var model = new Option<string?>("--model") { Description = "The model's name. Default: the name of the run's project." };
        var url = new Option<string?>("--url") { Description = "The address of a service that runs already, instead of a run." };
        var replicas = new Option<int?>("--replicas")
        {
            Description = "How many processes answer at once on one machine. Default: what the project says.",
        };
        replicas.Validators.Add(result => CommandOptions.CheckCount(result, "--replicas", 100));
        var on = ServingOn.Create();
        var most = new Option<int?>("--max-replicas")
        {
            Description = "On AWS: how many tasks run at most when there is much traffic. Default: four times --replicas.",
        };
        most.Validators.Add(result => CommandOptions.CheckCount(result, "--max-replicas", 1000));
        var cpus = new Option<double?>("--cpus") { Description = "On AWS: the vCPUs of a task. Default: 1." };
        var memory = new Option<double?>("--memory-gb")
        {
            Description = "On AWS: the memory of a task in GB. Default: the least that Fargate has with so many vCPUs.",
        };
        var json = CommandOptions.Json();
        const string description =
            "Check a run's model and deploy it as a version. A model's first version gets all traffic, and later ones get none until " +
            "`tenfold traffic` gives them some. A deploy that fails leaves nothing and can be repeated.";
        var command = new Command(
            "deploy", description.WithExample(
                "tenfold deploy k7m2xqab-3 --as 1.1.0", "tenfold deploy --url http://127.0.0.1:9000 --model iris --as 0.9.0",
                "tenfold deploy k7m2xqab-3 --as 1.1.0 --on aws"))
        {
            run, version, model, url, replicas, on, most, cpus, memory, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(run) is null == result.GetValue(url) is null)
                result.AddError("name either a run, or a service with --url");
            if (result.GetValue(on) is not null) return;
            foreach (var option in (Option[])[most, cpus, memory])
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --on");
        });
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var isJson = parsed.GetValue(json);
            if (parsed.GetValue(run) is not null) Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var request = new DeployRequest
            {
                Run = parsed.GetValue(run),
                Address = parsed.GetValue(url) is { } address ? ServeCommand.ReadAddress(address) : null,
                Version = parsed.GetValue(version)!,
                Model = parsed.GetValue(model),
                Replicas = parsed.GetValue(replicas),
                MaxReplicas = parsed.GetValue(most),
                Cpus = parsed.GetValue(cpus),
                MemoryMiB = parsed.GetValue(memory) is { } size ? (int)Math.Ceiling(size * 1024) : null,
            };
            using var place = await ServingOn.OpenAsync(parsed, on, services, cancellationToken);
            Action<RuleResult>? progress = isJson ? null : result => RuleText.Write(Console.Error, result);
            var deployer = place is null ? new VersionDeployer(services)
                : new VersionDeployer(place.Services, new EcsVersions(place, Terminal.Say));
            var deployed = await deployer.DeployAsync(request, progress, cancellationToken).OrFailAsync();
            if (isJson) Json.Write(DeployView.Of(deployed), ViewJson.Default.DeployView);
            else Write(deployed, place);
            return ExitCodes.Success;
        });
    }

    private static void Write(DeployedVersion deployed, ServingPlace? place)
    {
        var (model, version) = (deployed.Version.Model, deployed.Version.Version);
        if (deployed.Gate is { } gate) Terminal.Say($"the gate is passed: {gate}");
        Console.Out.WriteLine($"{model} {version}");
        if (place is not null)
        {
            Terminal.Say(deployed.Share == BucketRanges.Buckets
                ? $"{version} is the first version of {model} and gets all its traffic: POST {place.Outputs.Url}/models/{model}/invocations"
                : $"{version} is deployed without traffic; next: tenfold traffic {model} {version}=10 OTHER=90 --on aws");
            return;
        }

        Terminal.Say(deployed.Share == BucketRanges.Buckets
            ? $"{version} is the first version of {model} and gets all its traffic; next: tenfold gateway"
            : $"{version} is deployed without traffic; next: tenfold traffic {model} {version}=10 OTHER=90");
    }
}
