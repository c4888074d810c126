namespace Tenfold.Cli.Tests.MainPath;

public sealed class Logging_is_off_by_default
{
    [Fact]
    public async Task Verbose_logs_events_to_standard_error_and_leaves_standard_output_alone()
    {
        await using var place = new Sandbox();
        var silent = (await place.Run("runs", "--json")).With(0);
        silent.Error.ShouldNotContain("[2001]");
        var loud = (await place.Run("runs", "--json", "--verbose")).With(0);
        loud.Out.ShouldBe(silent.Out);
        loud.Error.ShouldContain("debug Services[2001] Opened the services of ");
    }

    [Fact]
    public async Task The_environment_sets_the_level()
    {
        await using var place = new Sandbox();
        place.Variables["TENFOLD_LOG"] = "debug";
        (await place.Run("runs")).With(0).Error.ShouldContain("[2001]");
        place.Variables["TENFOLD_LOG"] = "warning";
        (await place.Run("runs")).With(0).Error.ShouldNotContain("[2001]");
        place.Variables["TENFOLD_LOG"] = "loud";
        (await place.Run("runs")).With(ExitCodes.BadInput).Saying("TENFOLD_LOG must be trace", "'loud'");
    }
}
