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

    [Theory]
    [InlineData("loss=([0-9.]+)", "loss=3e-05", "3e-05")]
    [InlineData("loss=([0-9.]+)", "loss=1,234.5 (of 10)", "1,234.5")]
    [InlineData(@"loss=([-+.\w]+)", "loss=1,234", "1,234")]
    [InlineData("loss=([0-9.]+)", "loss=0,3", "0,3")]
    [InlineData("loss=([0-9]+)", "loss=12.5", "12.5")]
    [InlineData("loss=([0-9]+)", "loss=1_000", "1_000")]
    [InlineData("loss=([0-9])", "loss=12", "12")]
    public void A_number_that_goes_on_after_the_match_is_no_value(string pattern, string line, string text) =>
        new MetricPattern("x", pattern).In(line).Single().ShouldSatisfyAllConditions(
            match => match.Value.ShouldBeNull(), match => match.Text.ShouldBe(text));

    [Theory]
    [InlineData("loss=([0-9.]+)", "loss=0.5,3 acc=1", 0.5)]
    [InlineData("loss=([0-9.]+)", "loss=0.5, 0.3", 0.5)]
    [InlineData("loss=([0-9]+),", "loss=5,3", 5)]
    [InlineData("loss=([0-9.]+)", "loss=93.1%", 93.1)]
    [InlineData("took ([0-9.]+)", "took 1.5s", 1.5)]
    [InlineData(@"loss=([0-9.]+)e", "loss=2e-05", 2)]
    public void A_value_may_be_followed_by_what_the_pattern_says(string pattern, string line, double value) =>
        new MetricPattern("x", pattern).In(line).Single().Value.ShouldBe(value);

    [Theory]
    [InlineData("loss=([0-9.]+)", "val_loss=0.9 loss=0.5", "0.5")]
    [InlineData("loss=([0-9.]+)", "val_loss=0.9", "")]
    [InlineData("(?i)LOSS: ([0-9.]+).*", "myloss: 0.9 loss: 0.5", "0.5")]
    [InlineData("_loss=([0-9.]+)", "val_loss=0.9 loss=0.5", "0.9")]
    [InlineData(@"\w+_loss=([0-9.]+)", "val_loss=0.9", "0.9")]
    [InlineData("=([0-9.]+)", "val_loss=0.9", "0.9")]
    [InlineData("accuracy ([0-9.]+)|acc ([0-9.]+)", "accuracy 0.9", "0.9")]
    public void A_match_begins_with_a_word(string pattern, string line, string values) =>
        string.Join(", ", new MetricPattern("x", pattern).In(line).Select(match => Text(match.Value))).ShouldBe(values);

    [Theory]
    [InlineData("loss=([0-9.]+)", "loss=nan", "NaN@-")]
    [InlineData(@"loss=(\d+\.\d+)", "loss=-inf acc=0.5", "-∞@-")]
    [InlineData(@"epoch (?<step>\d+).*loss=(?<value>[0-9.]+)", "epoch 3, loss=NaN", "NaN@3")]
    [InlineData(@"[(]x[)] loss=([0-9.]+)", "(x) loss=nan", "NaN@-")]
    [InlineData(@"\(x\) loss=([-+.\w]+)", "(x) loss=nan", "NaN@-")]
    [InlineData("loss=([0-9.]+)", "loss=0.5 (nan seen) loss=inf", "0.5@-, ∞@-")]
    [InlineData("loss=([0-9.]+)", "loss=nano", "")]
    public void A_value_that_is_not_finite_is_found_although_the_group_has_digits_only(string pattern, string line, string found) =>
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
        double.PositiveInfinity => "∞",
        var number => FormattableString.Invariant($"{number}"),
    };
}
