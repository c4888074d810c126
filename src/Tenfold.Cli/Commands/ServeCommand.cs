using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Serving.Checking;
using Tenfold.App.Serving.OnAws;
using Tenfold.App.Serving.Preparing;
using Tenfold.App.Serving.Replicas;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold serve</c>: works with model services.</summary>
internal static class ServeCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() => new("serve", "Work with model services.".WithExample("tenfold serve check ./serve.py"))
    {
        Check(), Task(),
    };

    // What a task of ECS runs. Nobody types it.
    private static Command Task() => new Command("task", "Serve one version in a task of ECS that `tenfold deploy --on aws` started.")
    {
        Hidden = true,
    }.WithAction(async (_, services, _) =>
    {
        using var signals = new ShutdownSignals();
        var ended = await new TaskServer(services, Console.Out).RunAsync(signals.Requested).OrFailAsync();
        Terminal.Say(ended);
        return ExitCodes.Success;
    });

    private static Command Check()
    {
        var service = new Argument<string?>("command")
        {
            Description = "A script, a program, or a command for /bin/sh. Default: the serve part of tenfold.yaml.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var model = new Option<string?>("--model")
        {
            Description = "The folder of the model, which the service gets as $TENFOLD_MODEL_DIR.",
        };
        var image = new Option<string?>("--image")
        {
            Description = "Run it in this container image, with docker, podman or buildah. Without a command, the image is started with "
                + "the argument serve, as SageMaker does.",
        };
        var sample = new Option<string?>("--sample") { Description = "A file with the body of one request." };
        var patience = new Option<string?>("--start-timeout")
        {
            Description = "How long the service may take to become ready, such as 30s or 2m. Default: 8m, or what tenfold.yaml says.",
        };
        var url = new Option<string?>("--url") { Description = "The address of a service that runs already, which is not stopped." };
        var json = CommandOptions.Json();
        const string description =
            "Test a service against the container contract: it starts, GET /ping is 200 once the model is loaded, POST /invocations " +
            "answers, and SIGTERM drains it. Exits with code 8 when a rule is broken.";
        var command = new Command(
            "check", description.WithExample(
                "tenfold serve check", "tenfold serve check ./serve.py --model out/model --sample sample.json",
                "tenfold serve check 'python serve.py --port {port}'",
                "tenfold serve check --image registry.example/iris:1.1.0 --model out/model"))
        {
            service, image, model, sample, patience, url, json,
        };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var isJson = parsed.GetValue(json);
            var request = new LocalServiceRequest(parsed.GetValue(service), Environment.CurrentDirectory)
            {
                Image = parsed.GetValue(image),
                Model = parsed.GetValue(model) is { } folder ? Path.GetFullPath(folder) : null,
                Sample = parsed.GetValue(sample) is { } file ? Path.GetFullPath(file) : null,
                StartTimeout = ReadPatience(parsed.GetValue(patience)),
            };
            var results = await CheckAsync(request, parsed.GetValue(url), services, isJson ? null : RuleText.Write, cancellationToken);
            if (isJson) Json.Write([.. results.Select(RuleView.Of)], ViewJson.Default.IReadOnlyListRuleView);
            var failed = results.Count(result => result.Verdict == RuleVerdict.Failed);
            if (!isJson) Terminal.Say(failed == 0 ? "the service keeps the contract" : $"{failed} of {results.Count} rules are broken");
            return failed == 0 ? ExitCodes.Success : ExitCodes.GateFailed;
        });
    }

    private static async Task<IReadOnlyList<RuleResult>> CheckAsync(
        LocalServiceRequest request, string? url, Services services, Action<RuleResult>? progress, CancellationToken cancellationToken)
    {
        if (url is not null)
        {
            if (request.Image is not null) throw new CommandException(ExitCodes.BadInput, "--url and --image exclude each other");
            var options = LocalService.ReadSample(request.Options, request.Sample).OrFail();
            return await new ConformanceCheck(options, services.Time, progress).RunAsync(ReadAddress(url), cancellationToken);
        }

        await using var owner = await ReplicaOwner.OpenAsync(
            VersionPreparer.Home(services), services.Environment.GetValueOrDefault("PATH"), services.Time);
        var local = await LocalService.PrepareAsync(services, request, owner, cancellationToken).OrFailAsync();
        return await new ConformanceCheck(local.Options, services.Time, progress).RunAsync(local.Version, owner, cancellationToken);
    }

    /// <summary>Reads the address of a service.</summary>
    /// <exception cref="CommandException">It is no http:// or https:// address.</exception>
    public static Uri ReadAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new CommandException(ExitCodes.BadInput, $"'{text}' is no address of a service: write http://host:port");

    private static TimeSpan? ReadPatience(string? text)
    {
        if (text is null) return null;
        return Durations.Read(text, out var fault) is { } time
            ? time : throw new CommandException(ExitCodes.BadInput, $"--start-timeout {fault}");
    }
}
