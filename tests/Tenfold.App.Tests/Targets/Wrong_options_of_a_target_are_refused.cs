using Tenfold.App.Sweeping;
using Tenfold.App.Targets;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Targets;

namespace Tenfold.App.Tests.Targets;

/// <summary>Every kind of target refuses wrong options as bad input, before it calls its backend, and names every fault at once.</summary>
public sealed class Wrong_options_of_a_target_are_refused : IDisposable
{
    private readonly Workspace _workspace = new();

    /// <summary>The kind and options of a target, lines beside it, and the words of each fault.</summary>
    public static TheoryData<string, string, string, string[]> Cases { get; } = new()
    {
        { "slurm", "folder: relative", "", ["an absolute path"] },
        { "slurm", "folder: relative, arguments: [--wait, --nice=5, --test-only]", "", ["absolute path", "'--wait'", "'--test-only'"] },
        { "slurm", "rest: head, folder: 'a\\b', arguments: [--nice=5]", "", ["`rest` is 'head'", "with `rest`", "absolute", "backslash"] },
        { "pool", "pool: a/b", "", ["`pool` is wrong: 'a/b'"] },
        { "batch", "queue: ml", "", ["`job_role`", "there is no bucket"] },
        { "batch", "queue: ml", "store: ../elsewhere", ["`job_role`", "can't read the store"] },
        { "batch", $"setup: {new string('x', 4001)}", "store: ../elsewhere", ["`setup` has 4,001", "can't read the store"] },
        { "ec2", "region: eu-west-1, usd_per_hour: cheap", "", ["`usd_per_hour`"] },
        {
            "ec2", "region: eu-west-1, usd_per_hour: cheap, instances: [one, i-0a, two], instance_type: m6i.large, image: x",
            "store: ../elsewhere",
            ["`usd_per_hour`", "'one'", "'two'", "no effect", "`image` is 'x'", "can't read the store"]
        },
        {
            "sagemaker", "role: ml, instance_type: m5.large, usd_per_hour: much", "",
            ["there is no bucket", "write ml.m5.large", "`usd_per_hour`"]
        },
        { "sagemaker", "spot: true, keep_alive: 5", "store: ../elsewhere", ["`keep_alive` has no effect", "can't read the store"] },
    };

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Every_kind_with_a_backend_has_a_case() => Cases.Select(row => row.Data.Item1).Distinct()
        .ShouldBe(TargetKinds.Declarations.Select(declaration => declaration.Kind).Except([TargetSettings.LocalKind]), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_command_names_every_fault(string kind, string options, string lines, string[] words)
    {
        _workspace.Configure($"{lines}\ntargets: {{ cloud: {{ kind: {kind}, {options} }} }}");
        _workspace.Configure("sweep: { parameters: { rate: { values: [1, 2] } } }");
        ShouldBeWrong((await _workspace.PlanAsync(request => request with { On = "cloud" })).Refusal(), words);
        var sweep = new SweepRequest { Folder = _workspace.Project, On = "cloud" };
        ShouldBeWrong((await new StudyPlanner(_workspace.Services).PlanAsync(sweep, CancellationToken.None)).Refusal(), words);
        var listed = (await new TargetLister(_workspace.Services).ListAsync(_workspace.Project, CancellationToken.None)).Value();
        var cloud = listed.Single(target => target.Name == "cloud");
        cloud.State.ShouldBe(new TargetState.Misconfigured());
        words.ShouldAllBe(word => cloud.Note.Contains(word));
    }

    private static void ShouldBeWrong(Refusal refusal, string[] words)
    {
        refusal.Kind.ShouldBe(RefusalKind.BadInput);
        words.ShouldAllBe(word => refusal.Message.Contains(word), refusal.Message);
        refusal.Message.ShouldEndWith("Nothing was recorded or submitted.");
        if (words.Length > 1) refusal.Message.ShouldStartWith($"{words.Length} faults\n");
    }
}
