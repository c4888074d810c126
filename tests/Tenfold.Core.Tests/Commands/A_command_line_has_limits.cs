using System.Text.Json;
using Tenfold.Core.Commands;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Tests.Commands;

public sealed class A_command_line_has_limits
{
    [Theory]
    [InlineData("train.py", 131_000, null)]
    [InlineData("train.py", 131_072, "text has 131,072 bytes, which is too long for an argument of train.py")]
    [InlineData("train.cs", 200_000, "Write `command: dotnet run train.cs` instead of `script`")]
    [InlineData("train.ipynb", 200_000, null)]
    public void An_argument_that_is_too_long_is_reported_with_its_parameter_and_a_remedy(string script, int length, string? fault)
    {
        var parameters = Json($$"""{"lr":0.1,"text":"{{new string('x', length)}}"}""");
        var found = ArgumentLimits.FaultOfScript(script, ArgumentStyle.Flags, parameters);
        if (fault is null) found.ShouldBeNull();
        else found.ShouldNotBeNull().ShouldContain(fault);
    }

    [Fact]
    public void Letters_count_as_bytes() =>
        ArgumentLimits.FaultOfScript("a.py", ArgumentStyle.Flags, Json($$"""{"t":"{{new string('ü', 66_000)}}"}"""))
            .ShouldNotBeNull().ShouldContain("t has 132,000 bytes");

    [Fact]
    public void Many_long_arguments_are_too_long_together()
    {
        var values = Enumerable.Range(0, 12).Select(i => $"\"p{i}\":\"{new string('x', 100_000 + i)}\"");
        ArgumentLimits.FaultOfScript("a.py", ArgumentStyle.Flags, Json($"{{{string.Join(',', values)}}}"))
            .ShouldNotBeNull().ShouldContain("p11 has 100,011 bytes");
    }

    [Theory]
    [InlineData("python train.py {text}", "{text} alone has 131,072. Leave {text} out of the command")]
    [InlineData("python train.py", null)]
    public void A_command_that_is_too_long_is_reported_with_its_placeholder(string command, string? fault)
    {
        var parameters = Json($$"""{"ids":"{{new string('y', 200_000)}}","text":"{{new string('x', 131_072)}}"}""");
        var rendered = command.Replace("{text}", new string('x', 131_072));
        var found = ArgumentLimits.FaultOfCommand(command, rendered, parameters);
        if (fault is null) found.ShouldBeNull();
        else found.ShouldNotBeNull().ShouldContain(fault);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
