using System.CommandLine;
using Tenfold.App.Images;
using Tenfold.App.Infrastructure;
using Tenfold.App.Views;
using Tenfold.Cli.Output;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold image</c>: builds the image of a project, and pushes it.</summary>
internal static class ImageCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create() =>
        new(
            "image", "Build or push the container image that train.environment describes.".WithExample("tenfold image push --on cloud"))
        {
            Build(), Push(),
        };

    private static Command Build()
    {
        var options = new Options();
        var command = new Command("build", "Build the image and leave it on this machine.".WithExample(
            "tenfold image build", "tenfold image build --engine podman --base python:3.11-slim"));
        options.AddTo(command, isPush: false);
        return command.WithAction(async (parsed, services, _) =>
        {
            using var signals = new ShutdownSignals();
            var builder = new ImageBuilder(services, Terminal.Say);
            Console.WriteLine(await builder.BuildAsync(options.Read(parsed), signals.Requested).OrFailAsync());
            return ExitCodes.Success;
        });
    }

    private static Command Push()
    {
        var (options, json) = (new Options(), CommandOptions.Json());
        const string description =
            "Push the image, and build it first if the registry does not have it. Its tag is computed from its content. The image is " +
            "printed by its digest.";
        var command = new Command("push", description.WithExample(
            "tenfold image push", "tenfold image push --on cloud", "tenfold image push --registry ghcr.io/me/project")) { json };
        options.AddTo(command, isPush: true);
        return command.WithAction(async (parsed, services, _) =>
        {
            using var signals = new ShutdownSignals();
            var pushed = await new ImageBuilder(services, Terminal.Say).PushAsync(options.Read(parsed), signals.Requested).OrFailAsync();
            if (!pushed.IsNew) Terminal.Say($"{pushed.Repository} has this image already (tag {pushed.Tag})");
            if (parsed.GetValue(json)) Json.Write(ImageView.Of(pushed), ViewJson.Default.ImageView);
            else Console.WriteLine(pushed.Reference);
            return ExitCodes.Success;
        });
    }

    private sealed class Options
    {
        private readonly Option<string?> _registry = new("--registry")
        {
            Description = "The repository for the image, HOST/NAME. You must be logged in there. "
                + "Default: the repository of the stack on AWS.",
        };

        private readonly Option<string?> _on = new("--on") { Description = "The target in tenfold.yaml whose stack has the repository." };

        private readonly Option<string?> _base = new("--base")
        {
            Description = "The image on which an image from requirements.txt or environment.yml is based. "
                + $"Default: {ImageDefaults.PythonBase}, or {ImageDefaults.CondaBase}.",
        };

        private readonly Option<string?> _engine = new("--engine")
        {
            Description = "The program that builds: docker, podman or buildah. Default: the first that works.",
        };

        public void AddTo(Command command, bool isPush)
        {
            command.Add(_registry);
            if (isPush) command.Add(_on);
            command.Add(_base);
            command.Add(_engine);
        }

        public ImageRequest Read(ParseResult parsed) => new()
        {
            Registry = parsed.GetValue(_registry),
            Stack = new StackPlace(parsed.GetResult(_on) is null ? null : parsed.GetValue(_on), null, null),
            Base = parsed.GetValue(_base),
            Engine = parsed.GetValue(_engine),
        };
    }
}
