using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Results;

public sealed class Groups_are_compared_with_a_baseline
{
    private static readonly GroupRuns Baseline = Example.Runs(Example.Group("aaaaaaaa"), 1, 2, 4, 3, 6, 5);

    [Fact]
    public void Candidates_are_one_family()
    {
        GroupRuns[] candidates =
        [
            Example.Runs(Example.Group("bbbbbbbb"), 5, 6, 9, 7, 9, 9),
            Example.Runs(Example.Group("cccccccc"), 2, 1, 4, 3, 5, 6),
        ];
        var comparison = GroupComparison.Of([Baseline, .. candidates], Example.Accuracy);
        comparison.Comparisons.Select(one => one.Verdict).ShouldBe([Verdict.Better, Verdict.NotShown]);
        comparison.Comparisons.ShouldAllBe(one => one.AdjustedPValue >= one.PValue);
        comparison.Groups.Select(group => group.Group.Id).ShouldBe(["aaaaaaaa", "bbbbbbbb", "cccccccc"]);
    }

    [Fact]
    public void The_confidence_of_the_groups_is_not_that_of_the_comparison()
    {
        var comparison = GroupComparison.Of([Baseline, Baseline], Example.Accuracy, new() { Alpha = 0.2 });
        (comparison.Baseline.Statistics.Summary!.Confidence, comparison.Comparisons[0].Confidence).ShouldBe((0.95, 0.8));
    }

    [Fact]
    public void Differences_beside_parameters_are_noted()
    {
        var group = Example.Group("bbbbbbbb");
        group = group with
        {
            Spec = group.Spec with
            {
                Project = "iris",
                Snapshot = new string('b', 64),
                Script = "other.py",
                Environment = new("requirements", "requirements.txt", "hash"),
                Data = new Dictionary<string, DataSpec> { ["train"] = new("data.csv", new string('d', 64), 1) },
                Metric = Example.Accuracy,
                Variables = new Dictionary<string, string> { ["B"] = "1", ["A"] = "" },
            },
        };
        GroupDifferences.Between(Example.Group("aaaaaaaa"), group).ShouldBe(
        [
            new Note.ProjectDiffers("digits", "iris"),
            new Note.CodeDiffers(new string('a', 64), new string('b', 64)),
            new Note.CommandDiffers("train.py", "other.py"),
            new Note.DataDiffers("train"),
            new Note.VariablesDiffer(["A", "B"]),
            new Note.EnvironmentDiffers(new("system"), new("requirements", "requirements.txt", "hash")),
            new Note.MetricDiffers(null, Example.Accuracy),
        ]);
        GroupDifferences.Between(group, group).ShouldBeEmpty();
    }

    [Fact]
    public void A_comparison_doesnt_repeat_what_its_statistics_note()
    {
        var failed = Example.Group("bbbbbbbb");
        var candidate = new GroupRuns(failed,
        [
            Example.Run(failed, 1, 3),
            Example.Run(failed, 2, 3),
            Example.Run(failed, 3, 3, RunState.Failed),
            Example.Run(failed, 4, 3, RunState.Running),
        ]);
        var comparison = GroupComparison.Of([Baseline, candidate], Example.Accuracy);
        comparison.Candidates[0].Notes.Select(note => (note.Group, note.Note.Code)).ShouldBe(
        [
            (null, "few-repeats"), (null, "failed-repeats"), (null, "left-out"), (null, "zero-spread"), ("bbbbbbbb", "runs-unfinished"),
        ]);
        comparison.NotesOfGroups.ShouldBe([new GroupNote("bbbbbbbb", new Note.RunsUnfinished(1, 4))]);
    }

    [Fact]
    public void One_group_is_a_baseline_without_candidates()
    {
        var comparison = GroupComparison.Of([Baseline], Example.Accuracy);
        comparison.Candidates.ShouldBeEmpty();
        comparison.Baseline.Statistics.Summary!.N.ShouldBe(6);
    }
}
