using System.CommandLine;
using Tenfold.Cli.Output;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold init</c>: a <c>tenfold.yaml</c> and a script to start from.</summary>
internal static class InitCommand
{
    private const string Project =
        """
        # What tenfold runs, and what it compares runs by. Every key: docs/tenfold-yaml.md
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
        # A start: logistic regression on made-up data, in plain Python. Put your own training here; a script needs nothing of Tenfold's.
        import argparse, json, math, os, random

        arguments = argparse.ArgumentParser()
        arguments.add_argument("--learning-rate", type=float, default=0.1)
        arguments.add_argument("--seed", type=int, default=0)
        options = arguments.parse_args()
        random.seed(options.seed)

        # Two clouds of points that overlap; the seed draws them, and so the result differs from seed to seed.
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

        # What is written here is kept, and `tenfold fetch` brings it.
        folder = os.environ.get("TENFOLD_MODEL_DIR", ".")
        with open(os.path.join(folder, "model.json"), "w") as file:
            json.dump({"weights": weights, "bias": bias}, file)

        """;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Where. Default: here.", DefaultValueFactory = _ => "." };
        return new Command(
            "init", "Write a tenfold.yaml and a script to start from. What is there already stays as it is.".WithExample(
                "tenfold init my-project")) { folder }
            .Does(async (parsed, _, cancellationToken) =>
            {
                var root = Path.GetFullPath(parsed.GetValue(folder)!);
                var yaml = Path.Combine(root, ProjectFinder.FileName);
                if (File.Exists(yaml)) throw new CommandException(ExitCodes.Exists, $"{yaml} exists; nothing was changed");
                Directory.CreateDirectory(root);
                var name = AssumedProject.NameFrom(Path.GetFileName(root));
                var script = Path.Combine(root, "train.py");
                var hadScript = File.Exists(script);
                if (!hadScript) await File.WriteAllTextAsync(script, Script, cancellationToken);
                await File.WriteAllTextAsync(yaml, Project.Replace("{name}", name), cancellationToken);
                Terminal.Say(
                    hadScript ? $"wrote {yaml}; train.py was there and stays: adapt the command in tenfold.yaml to it"
                        : $"wrote {yaml} and train.py");
                Terminal.Say("next: tenfold fit --repeat 10");
                return ExitCodes.Success;
            });
    }
}
