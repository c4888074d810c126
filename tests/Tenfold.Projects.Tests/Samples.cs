using Tenfold.Core.Targets;

namespace Tenfold.Projects.Tests;

/// <summary>Project files for tests.</summary>
internal static class Samples
{
    public const string Minimal = "name: a\ntrain: { command: 'true' }\n";

    /// <summary>The example of the design.</summary>
    public const string Whole = """
        name: iris
        train:
          command: python train.py --lr {learning_rate} --seed {seed}   # or script: train.py | train.ipynb | train.cs
          environment: requirements.txt      # or environment.yml, an image, a Dockerfile, or `system`
          data: { train: data/iris.csv }     # path or s3://…; one channel each
          params: { learning_rate: 0.01, epochs: 60 }
          metric: { name: accuracy, goal: maximize }
          metrics: { loss: 'loss=([0-9.]+)' }        # optional, for scripts that print their own way
          early_stopping: { metric: loss, patience: 3 }
          exclude: [ "*.ckpt" ]              # beside .gitignore, which is honoured
          secrets: [ HF_TOKEN ]
        resources: { cpus: 2, memory: 4GB, gpus: 0, spot: true, max_runtime: 2h, retries: 2 }
        repeat: 10
        sweep:
          method: thompson                   # or random, grid
          parameters:
            learning_rate: { min: 1e-4, max: 1e-1, scale: log }
            hidden: { values: [16, 32, 64] }
          trials: 50
          parallel: 8
          prune: asha
          confirm: { top: 3, repeat: 10 }
        serve:
          command: python serve.py
          input: input.schema.json
        targets:
          cluster: { kind: slurm, partition: gpu }
          notes: { kind: notebook, user: me, private: true }
        store: s3://my-bucket/tenfold        # default: a folder under $TENFOLD_HOME

        """;

    /// <summary>A sweep with all keys.</summary>
    public const string Swept = """
        name: a
        train: { script: a.py, params: { rate: 0.1, n: 1 }, metric: { name: loss, goal: minimize } }
        resources: { max_runtime: 9m }
        sweep:
          method: grid
          parameters:
            kind: { values: [sgd, adam, other] }
            style: { values: [1, 2], ordered: true, when: { kind: [sgd, adam] } }
            rate: { min: 0, max: 1, step: 0.1, when: { style: 2 } }
            n: { min: 1, max: 99, scale: log }
            fixed: 3
          trials: 9
          synchronous: true
          seed: 7
          prune: { rule: asha, first: 2, factor: 4 }
          budget: { time: 1h30m, cost: 1.5 }
          confirm: { top: 2, repeat: 5 }
          start: [ { kind: adam, style: 2, rate: 0.3 }, { n: 9 } ]
          from: k7m2xqab

        """;

    /// <summary>A valid file with the given last lines; its parameters are <c>lr</c>, <c>n</c> and <c>kind</c>.</summary>
    public static string With(string lines) =>
        $"name: a\ntrain: {{ command: x, params: {{ lr: 0.1, n: 1, kind: a }}, metric: {{ name: m, goal: maximize }} }}\n{lines}\n";

    /// <summary>Kinds of target with an option of each type. The real kinds are declared beside their targets.</summary>
    public static IReadOnlyList<TargetKindDeclaration> Kinds { get; } =
    [
        new("local", [new WholeNumberOption("parallel", Min: 1, Max: 10_000, "How many runs at once.", "2")]),
        new("slurm",
        [
            new TextOption("partition", "The partition.", "gpu"),
            new TextListOption("arguments", "Further arguments.", "[ \"--exclusive\" ]"),
        ]),
        new("notebook",
        [
            new TextOption("user", "The user.", "me"), new FlagOption("private", "Whether it is private.", "true"),
            new FlagOption("internet", "Whether it may use the network.", "false") { Default = "`false`" },
        ]),
    ];

    /// <summary>Reads project files whose targets are of <see cref="Kinds"/>.</summary>
    public static ProjectReader Reader { get; } = new(Kinds);

    /// <summary>Reads a valid file.</summary>
    public static ProjectFile Read(string yaml)
    {
        var read = Reader.Read(yaml, "tenfold.yaml");
        read.Faults.ShouldBeEmpty();
        return read.Value!;
    }

    /// <summary>The faults of an invalid file, as they are printed.</summary>
    public static IReadOnlyList<string> Faults(string yaml)
    {
        var read = Reader.Read(yaml, "tenfold.yaml");
        read.Value.ShouldBeNull();
        return [.. read.Faults.Select(fault => fault.ToString())];
    }

    /// <summary>The only fault of a file whose <c>train</c> has these lines.</summary>
    public static string TrainFault(string lines) => Faults($"name: a\ntrain:\n  command: x\n  {lines}\n").ShouldHaveSingleItem();

    /// <summary>The only fault of a file with these lines at its end.</summary>
    public static string Fault(string lines) => Faults(With(lines)).ShouldHaveSingleItem();

    /// <summary>Runs a test in a temporary folder, which is removed afterwards.</summary>
    public static void InFolder(Action<string> use)
    {
        var folder = Directory.CreateTempSubdirectory("tenfold-test-").FullName;
        try
        {
            use(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
