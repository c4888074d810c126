using System.Text;
using Tenfold.Agent.Output;

namespace Tenfold.Agent.Tests.Output;

public sealed class A_metric_line_is_read
{
    [Theory]
    [InlineData("""{"metric":"accuracy","value":0.93,"step":4}""", "accuracy", 0.93, 4L)]
    [InlineData("""  {"metric": "accuracy", "value": 1}""", "accuracy", 1.0, null)]
    [InlineData("""{"step":7,"value":-1e-3,"metric":"loss"}""", "loss", -0.001, 7L)]
    [InlineData("""{"metric":"loss","value":NaN}""", "loss", double.NaN, null)]
    [InlineData("""{"metric":"loss","value":Infinity,"step":2}""", "loss", double.PositiveInfinity, 2L)]
    [InlineData("""{"metric":"loss","value":-Infinity}""", "loss", double.NegativeInfinity, null)]
    [InlineData("""{"metric":"loss","value":"NaN"}""", "loss", double.NaN, null)]
    [InlineData("""{"metric":"loss","value":"-inf"}""", "loss", double.NegativeInfinity, null)]
    [InlineData("""{"metric":"loss","value":"0.5"}""", "loss", 0.5, null)]
    [InlineData("""{"metric":"loss","value":1e999}""", "loss", double.PositiveInfinity, null)]
    [InlineData("""{"metric":"loss","value":1,"step":4.0}""", "loss", 1.0, 4L)]
    [InlineData("""{"metric":"loss","value":1,"step":1e300}""", "loss", 1.0, null)]
    [InlineData("""{"metric":"loss","value":1,"step":"4"}""", "loss", 1.0, null)]
    [InlineData("""{"metric":"loss","value":1,"epoch":3,"who":"me","more":{"value":9,"metric":"no","list":[1,{"step":5}]}}""", "loss", 1.0, null)]
    [InlineData("""{"metric":"v\u00e4lid/top-5 @1","value":1}""", "välid/top-5 @1", 1.0, null)]
    [InlineData("""{"metric":"NaN_loss","value":NaN}""", "NaN_loss", double.NaN, null)]
    [InlineData("""{"metric":"loss","value":NaN,"note":"to Infinity \"and NaN\""}""", "loss", double.NaN, null)]
    public void A_metric_line_gives_its_values(string line, string name, double value, long? step)
    {
        MetricLine.MayBe(Encoding.UTF8.GetBytes(line)).ShouldBeTrue();
        Parse(line, out var fault).ShouldBe(new MetricLine(name, value, step), fault);
    }

    [Theory]
    [InlineData("2.5", true)]
    [InlineData("1e300", true)]
    [InlineData("\"4\"", true)]
    [InlineData("[4]", true)]
    [InlineData("4.0", false)]
    [InlineData("-1", false)]
    [InlineData("null", false)]
    public void A_step_that_is_no_whole_number_does_not_count_and_is_named(string step, bool isNamed)
    {
        var line = Parse($$"""{"metric":"loss","value":1,"step":{{step}},"more":[1]}""", out var fault).ShouldNotBeNull();
        fault.Contains("whole number", StringComparison.Ordinal).ShouldBe(isNamed);
        if (isNamed) line.Step.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"metric":"loss"}""", "value")]
    [InlineData("""{"metric":"loss","value":null}""", "value")]
    [InlineData("""{"metric":"loss","value":true}""", "value")]
    [InlineData("""{"metric":"loss","value":"high"}""", "value")]
    [InlineData("""{"metric":"loss","value":[1]}""", "value")]
    [InlineData("""{"metric":7,"value":1}""", "metric")]
    [InlineData("""{"metric":null,"value":1}""", "metric")]
    [InlineData("""{"metric":"","value":1}""", "name")]
    [InlineData("""{"metric":"a\nb","value":1}""", "name")]
    [InlineData("""{"metric":"loss","value":1""", "not JSON")]
    [InlineData("""{"metric":"loss",}""", "not JSON")]
    [InlineData("""{"metric":"loss","value":nan}""", "not JSON")]
    [InlineData("""{"metric":"\ud800","value":1}""", "not JSON")]
    [InlineData("""{"value":NaN,"metric":"\ud800"}""", "not JSON")]
    [InlineData("""{"metric":"a","value":1}{"metric":"b","value":2}""", "not JSON")]
    [InlineData("""{"metric":"a","value":1} and more""", "not JSON")]
    public void A_wrong_metric_line_is_refused_with_its_fault(string line, string expected)
    {
        Parse(line, out var fault).ShouldBeNull();
        fault.ShouldContain(expected);
    }

    [Fact]
    public void A_name_may_have_200_characters()
    {
        Parse($$"""{"metric":"{{new string('ä', 200)}}","value":1}""", out _).ShouldNotBeNull().Name.Length.ShouldBe(200);
        Parse($$"""{"metric":"{{new string('a', 201)}}","value":1}""", out var fault).ShouldBeNull();
        fault.ShouldContain("200");
    }

    [Fact]
    public void Invalid_UTF8_is_refused()
    {
        MetricLine.Parse([.. "{\"metric\":\""u8, 0xff, 0xfe, .. "\",\"value\":1}"u8], reader => reader.GetString()!, out var fault)
            .ShouldBeNull();
        fault.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("epoch 1: {\"metric\":\"loss\",\"value\":1}")]
    [InlineData("{\"loss\": 1}")]
    [InlineData("[{\"metric\":1}]")]
    public void Other_lines_are_ignored(string line) => MetricLine.MayBe(Encoding.UTF8.GetBytes(line)).ShouldBeFalse();

    private static MetricLine? Parse(string line, out string fault) =>
        MetricLine.Parse(Encoding.UTF8.GetBytes(line), reader => reader.GetString()!, out fault);
}
