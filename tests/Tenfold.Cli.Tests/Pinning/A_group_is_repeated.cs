namespace Tenfold.Cli.Tests.Pinning;

public sealed class A_group_is_repeated
{
    private const string Files = "cp train.sh $TENFOLD_MODEL_DIR/m\n";

    [Fact]
    public async Task Equal_values_and_files_count_as_reproduced()
    {
        await using var place = new Sandbox().Toy(Files + Sandbox.SeedScript);
        var fit = await place.Fit("--repeat", "2");
        var ended = (await place.Run("fit", "--like", fit.Group())).With(0);
        ended.Out.ShouldContain($"reproduced: 2 values and 2 files, each equal to that of {fit.Group()}");
        ended.Out.ShouldNotContain("not reproduced");
        var again = (await place.Run("fit", "--like", fit.Runs()[1].Id(), "--json")).With(0).Json[0];
        again.At("reproduction.reproduced").GetBoolean().ShouldBeTrue();
        again.At("reproduction.valuesCompared").GetInt32().ShouldBe(1);
        (await place.Run("show", again.Group())).With(0).Out.ShouldContain("reproduced: 1 value and 1 file, each equal to that of");
        var shown = await place.Json("show", again.Runs()[0].Id(), "--json");
        shown.Text("environment.platform").ShouldNotBeNullOrEmpty();
        (await place.Run("show", again.Runs()[0].Id())).With(0).Out.ShouldContain("platform ");
    }

    [Fact]
    public async Task A_difference_is_reported_with_its_size()
    {
        await using var place = new Sandbox();
        var count = Path.Combine(place.Outside, "count");
        place.Toy(
            $"echo x >> {count}\nn=$(wc -l < {count})\necho $n > $TENFOLD_MODEL_DIR/m\n" +
            "echo \"{\\\"metric\\\":\\\"accuracy\\\",\\\"value\\\":0.$n}\"\n");
        var fit = await place.Fit();
        var ended = (await place.Run("fit", "--like", fit.Group())).With(0);
        ended.Out.ShouldContain("not reproduced: accuracy differs in 1 of 1 run, by up to 0.1 (100 %) (first 0.1, now 0.2)");
        ended.Out.ShouldContain(":model/m");
    }

    [Fact]
    public async Task A_changed_parameter_makes_no_claim()
    {
        await using var place = new Sandbox().Toy(Files + Sandbox.SeedScript, "  params: { x: 1 }");
        var fit = await place.Fit();
        (await place.Run("fit", "--like", fit.Group(), "-p", "x=2")).With(0).Out.ShouldNotContain("reproduced");
    }

    [Fact]
    public async Task Warnings_of_many_runs_say_how_many_more_there_are()
    {
        await using var place = new Sandbox().Toy($"mkfifo $TENFOLD_MODEL_DIR/pipe\n{Sandbox.SeedScript}");
        (await place.Run("fit", "--repeat", "5")).With(0).Out.ShouldContain("-3 and 2 more: ");
    }

    [Theory]
    [InlineData("cancel", "Cancel")]
    [InlineData(" Cancel ", "Cancel")]
    [InlineData("watch", "Stay")]
    [InlineData("c", "Leave")]
    [InlineData("clear", "Leave")]
    [InlineData("cancel k7m2xqab", "Leave")]
    [InlineData("d", "Leave")]
    [InlineData("", "Leave")]
    [InlineData(null, "Leave")]
    public void Only_the_whole_word_cancels_after_an_interrupt(string? line, string answer) =>
        Watching.Follower.Read(line).ToString().ShouldBe(answer);

    [Fact]
    public async Task Init_tells_how_to_get_to_the_new_project()
    {
        await using var place = new Sandbox();
        (await place.Run("init", "my-project")).With(0).Saying("next: cd my-project && tenfold fit --repeat 10");
        (await place.Run("init", "it's mine")).With(0).Saying("next: cd 'it'\\''s mine' && tenfold fit");
        (await place.Run("init")).With(0).Saying("next: tenfold fit");
    }
}
