using Tenfold.Core.Runs;

namespace Tenfold.Core.Tests.Runs;

public sealed class Names_show_their_owners
{
    [Theory]
    [InlineData("k7m2xqab", "k7m2xqab", null, false)]
    [InlineData("k7m2xqab-3", "k7m2xqab", null, true)]
    [InlineData("k7m2xqab-3-2", "k7m2xqab", null, true)]
    [InlineData("k7m2xqab-t12", "k7m2xqab-t12", "k7m2xqab", false)]
    [InlineData("k7m2xqab-t12-3", "k7m2xqab-t12", "k7m2xqab", true)]
    [InlineData("k7m2xqab-t12-3-2", "k7m2xqab-t12", "k7m2xqab", true)]
    [InlineData("k7m2xqab-c12", "k7m2xqab-c12", "k7m2xqab", false)]
    [InlineData("k7m2xqab-c12-3-2", "k7m2xqab-c12", "k7m2xqab", true)]
    [InlineData("t7c2xqab", "t7c2xqab", null, false)]
    [InlineData("t7c2xqab-1", "t7c2xqab", null, true)]
    [InlineData("c-t1", "c-t1", "c", false)]
    public void A_name_gives_its_group_its_study_and_whether_it_is_a_run(string id, string group, string? study, bool isOfRun) =>
        (RunNames.GroupOf(id), RunNames.StudyOf(id), RunNames.IsOfRun(id)).ShouldBe((group, study, isOfRun));

    [Theory]
    [InlineData("k7m2xqab-c12", true)]
    [InlineData("k7m2xqab-c12-3-2", true)]
    [InlineData("c-c1", true)]
    [InlineData("k7m2xqab-t12", false)]
    [InlineData("c-t1", false)]
    [InlineData("k7m2xqab-3", false)]
    [InlineData("k7m2xqab", false)]
    [InlineData("k7m-", false)]
    [InlineData("-c1", false)]
    [InlineData("", false)]
    public void A_name_shows_whether_it_is_of_a_confirmation(string id, bool isConfirmation) =>
        RunNames.IsConfirmation(id).ShouldBe(isConfirmation);

    // Half-typed names are parsed too.
    [Theory]
    [InlineData("", "", null, false)]
    [InlineData("-", "", null, true)]
    [InlineData("k7m-", "k7m", null, true)]
    [InlineData("k7m-t", "k7m-t", "k7m", false)]
    [InlineData("k7m-t1-", "k7m-t1", "k7m", true)]
    [InlineData("-t1", "-t1", null, false)]
    [InlineData("k7m--t1", "k7m", null, true)]
    public void An_incomplete_name_is_parsed(string id, string group, string? study, bool isOfRun) =>
        (RunNames.GroupOf(id), RunNames.StudyOf(id), RunNames.IsOfRun(id)).ShouldBe((group, study, isOfRun));

    [Fact]
    public void A_generated_name_is_parsed_back()
    {
        for (var i = 0; i < 200; i++)
        {
            var name = RunNames.NewGroup();
            name.Length.ShouldBe(8);
            name.ShouldAllBe(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
            foreach (var group in new[] { name, RunNames.Trial(name, i), RunNames.Confirmation(name, i) })
            {
                var run = RunNames.Run(group, 7);
                foreach (var id in new[] { group, run, RunNames.Attempt(run, 2) })
                {
                    RunNames.GroupOf(id).ShouldBe(group);
                    RunNames.StudyOf(id).ShouldBe(group == name ? null : name);
                    RunNames.IsOfRun(id).ShouldBe(id != group);
                }
            }
        }
    }

    [Theory]
    [InlineData("k7m2xqab-1-2", "k7m2xqab-1")]
    [InlineData("k7m2xqab-t12-3-1", "k7m2xqab-t12-3")]
    [InlineData("nodash", "nodash")]
    [InlineData("", "")]
    public void An_attempts_name_shows_its_run(string attempt, string run) => RunNames.RunOf(attempt).ShouldBe(run);
}
