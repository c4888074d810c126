using Tenfold.Core.Output;

namespace Tenfold.Core.Tests.Output;

public sealed class A_pattern_finds_values_and_steps
{
    [Theory]
    [InlineData("loss=([0-9.]+)", "loss=0.5 loss=0.25", "0.5@-, 0.25@-")]
    [InlineData(@"epoch (?<step>\d+).*acc=([0-9.]+)", "epoch 3: acc=0.9", "0.9@3")]
    [InlineData(@"([0-9.]+) at (?<step>\d+)", "0.9 at 12", "0.9@12")]
    [InlineData(@"(?<step>\d+): (?<value>[0-9.]+) \((.*)\)", "7: 0.5 (note)", "0.5@7")]
    [InlineData(@"(?<acc>[0-9.]+) (?<step>\d+)", "0.5 8", "0.5@8")]
    [InlineData(@"(?:(?<step>\d+) )?loss=(\S+)", "loss=nan", "NaN@-")]
    [InlineData(@"(?<step>\S+) loss=(\S+)", "2.0 loss=-inf", "-∞@2")]
    public void The_value_is_the_first_group_that_is_not_the_step(string pattern, string line, string found) =>
        string.Join(", ", new MetricPattern("x", pattern).In(line).Select(match => $"{Text(match.Value)}@{match.Step?.ToString() ?? "-"}"))
            .ShouldBe(found);

    [Fact]
    public void Text_that_is_no_number_is_distinguished()
    {
        new MetricPattern("x", @"x=(\S+)").In("x=high").Single().ShouldSatisfyAllConditions(
            match => match.Value.ShouldBeNull(), match => match.Text.ShouldBe("high"));
        new MetricPattern("x", @"(?<step>\S+) x=(\S+)").In("last x=1").Single().BadStep.ShouldBe("last");
    }

    [Theory]
    [InlineData("loss=([0-9.]+)", null)]
    [InlineData(@"(?<step>\d+) (?<v>.+)", null)]
    [InlineData("loss=[0-9.]+", "parentheses")]
    [InlineData(@"(?<step>\d+) loss", "parentheses")]
    [InlineData(@"(?P<step>\d+) (.*)", "without the P")]
    [InlineData("loss=(", "character 6")]
    public void A_pattern_without_a_value_is_refused(string pattern, string? fault)
    {
        if (fault is null) MetricPattern.Fault(pattern).ShouldBeNull();
        else MetricPattern.Fault(pattern).ShouldNotBeNull().ShouldContain(fault);
    }

    private static string Text(double? value) => value switch
    {
        null => "?",
        double.NegativeInfinity => "-∞",
        var number => FormattableString.Invariant($"{number}"),
    };
}
