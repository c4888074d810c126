using System.CommandLine;
using Tenfold.Cli.Output;
using Tenfold.Core.Snapshots;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold init</c>: writes a <c>tenfold.yaml</c> and a training script to start from.</summary>
internal static class InitCommand
{
    private const string Project =
        """
        # What Tenfold runs, and the metric that it compares. docs/tenfold-yaml.md describes every key.
        name: {name}
        train:
          command: python3 train.py --learning-rate {learning_rate} --seed {seed}
          params:
            learning_rate: 0.1
          metric: { name: accuracy, goal: maximize }
        # resources: { cpus: 1, max_runtime: 2h, retries: 1 }
        # repeat: 10

        """;

    private const string Script =
        """
        # To start from: logistic regression on synthetic data, in plain Python. Replace it with your training; it needs no Tenfold library.
        import argparse, json, math, os, random

        arguments = argparse.ArgumentParser()
        arguments.add_argument("--learning-rate", type=float, default=0.1)
        arguments.add_argument("--seed", type=int, default=0)
        options = arguments.parse_args()
        random.seed(options.seed)

        # Two overlapping clouds of points, drawn from the seed: each seed gives another result.
        points = [([random.gauss(label, 1.0), random.gauss(label, 1.0)], label) for label in (0, 1) for _ in range(200)]
        random.shuffle(points)
        train, test = points[:300], points[300:]

        weights, bias = [0.0, 0.0], 0.0
        for epoch in range(20):
            for features, label in train:
                score = sum(w * x for w, x in zip(weights, features)) + bias
                error = label - 1 / (1 + math.exp(-max(-30, min(30, score))))
                weights = [w + options.learning_rate * error * x for w, x in zip(weights, features)]
                bias += options.learning_rate * error
            right = sum((sum(w * x for w, x in zip(weights, f)) + bias > 0) == (label == 1) for f, label in test)
            # A metric is a line of JSON on standard output.
            print(json.dumps({"metric": "accuracy", "value": right / len(test), "step": epoch}))

        # Tenfold stores what is written to this folder, and `tenfold fetch` copies it back.
        folder = os.environ.get("TENFOLD_MODEL_DIR", ".")
        with open(os.path.join(folder, "model.json"), "w") as file:
            json.dump({"weights": weights, "bias": bias}, file)

        """;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("folder")
        {
            Description = "The project's folder. Default: this folder.",
            DefaultValueFactory = _ => ".",
        };
        var description = "Write a tenfold.yaml and a training script to start from. Existing files stay as they are."
            .WithExample("tenfold init my-project", "tenfold init my-project --serve");
        var serve = new Option<bool>("--serve") { Description = "Also write a service of the model (serve.py) and a sample request." };
        return new Command("init", description) { folder, serve }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var root = Path.GetFullPath(parsed.GetValue(folder)!);
            var yaml = Path.Combine(root, ProjectFinder.FileName);
            if (ProjectRoot.Fault(root, services.Session.HomeFolder) is { } fault) throw new CommandException(ExitCodes.BadInput, fault);
            if (File.Exists(yaml))
            {
                var hint = parsed.GetValue(serve) ? "; to add a service to it, run `tenfold init --serve` in an empty folder and copy" : "";
                throw new CommandException(ExitCodes.Exists, $"{yaml} exists; nothing was changed{hint}");
            }

            Directory.CreateDirectory(root);
            var name = AssumedProject.NameFrom(Path.GetFileName(root));
            var script = Path.Combine(root, "train.py");
            var hadScript = File.Exists(script);
            if (!hadScript) await File.WriteAllTextAsync(script, Script, cancellationToken);
            var isServed = parsed.GetValue(serve);
            if (isServed) await WriteServiceAsync(root, cancellationToken);
            var content = Project.Replace("{name}", name) + (isServed ? ServeTemplate.Project : "");
            await File.WriteAllTextAsync(yaml, content, cancellationToken);
            Terminal.Say(hadScript
                ? $"wrote {yaml} and kept the existing train.py: adapt the command in tenfold.yaml to it"
                : $"wrote {yaml}{(isServed ? ", train.py, serve.py and sample.json" : " and train.py")}");
            Terminal.Say($"next: {Enter(parsed.GetValue(folder)!, root)}tenfold fit --repeat 10");
            return ExitCodes.Success;
        });
    }

    private static async Task WriteServiceAsync(string root, CancellationToken cancellationToken)
    {
        foreach (var (name, content) in new[] { ("serve.py", ServeTemplate.Script), ("sample.json", ServeTemplate.Sample) })
        {
            var path = Path.Combine(root, name);
            if (!File.Exists(path)) await File.WriteAllTextAsync(path, content, cancellationToken);
        }
    }

    // The next command works in the project's folder, which is not where the user is.
    private static string Enter(string folder, string root)
    {
        if (root == Path.TrimEndingDirectorySeparator(Environment.CurrentDirectory)) return "";
        var isPlain = folder.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '~');
        return $"cd {(isPlain ? folder : $"'{folder.Replace("'", "'\\''", StringComparison.Ordinal)}'")} && ";
    }
}
