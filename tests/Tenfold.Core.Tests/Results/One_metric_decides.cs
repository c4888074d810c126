using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Results;

public sealed class One_metric_decides
{
    private static readonly MetricSpec Loss = new("loss", MetricGoal.Minimize);

    [Fact]
    public void Groups_that_name_one_metric_agree_on_it() =>
        Settle(null, Example.Accuracy, Example.Accuracy).ShouldBe(new MetricAgreement.Agreed(Example.Accuracy));

    [Fact]
    public void A_group_without_a_metric_leaves_the_choice_to_the_others()
    {
        Settle(null, Example.Accuracy, null).ShouldBe(new MetricAgreement.Agreed(Example.Accuracy));
        Settle(null, null, Example.Accuracy).ShouldBe(new MetricAgreement.Agreed(Example.Accuracy));
    }

    [Fact]
    public void Groups_without_a_metric_have_none() => Settle(null, null, null).ShouldBe(new MetricAgreement.NotNamed());

    [Fact]
    public void Groups_that_name_different_metrics_or_goals_dispute_it()
    {
        foreach (var other in new[] { Loss, Example.Accuracy with { Goal = MetricGoal.Minimize } })
        {
            var disputed = Settle(null, null, Example.Accuracy, other).ShouldBeOfType<MetricAgreement.Disputed>();
            (disputed.First.Id, disputed.FirstMetric).ShouldBe(("group1", Example.Accuracy));
            (disputed.Other.Id, disputed.OtherMetric).ShouldBe(("group2", other));
        }
    }

    [Fact]
    public void The_users_metric_decides_in_any_case()
    {
        Settle(Loss, Example.Accuracy, null).ShouldBe(new MetricAgreement.Agreed(Loss));
        Settle(Loss, Example.Accuracy, Loss).ShouldBe(new MetricAgreement.Agreed(Loss));
    }

    private static MetricAgreement Settle(MetricSpec? given, params IReadOnlyList<MetricSpec?> metrics) =>
        MetricAgreement.Of([.. metrics.Select((metric, i) => Example.Group($"group{i}", metric))], given);
}
