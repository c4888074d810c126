using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

using static Tenfold.Core.Tests.Studies.SampleStudy;

namespace Tenfold.Core.Tests.Studies;

public sealed class The_next_trial_is_suggested
{
    [Fact]
    public void Starting_points_come_first_and_are_tried_once()
    {
        var study = Study(spec => spec with
        {
            Start =
            [
                Json("""{"lr":0.01,"optimizer":"adam"}"""),
                Json("""{"lr":0.02,"optimizer":"sgd","momentum":0.9}"""),
                Json("""{"lr":0.01,"optimizer":"adam"}"""),
            ],
        });
        var trials = SuggestAll(TrialSuggester(study), 4, Completed);
        trials.Select(trial => trial.Method).ShouldBe(["start", "start", "sobol", "sobol"]);
        trials.Take(2).Select(Settings)
            .ShouldBe(["""{"lr":0.01,"optimizer":"adam"}""", """{"lr":0.02,"optimizer":"sgd","momentum":0.9}"""]);
        trials[0].Reason.ShouldBe(new Reason.StartPoint());
        trials.Select(Settings).ShouldBeUnique();
    }

    [Fact]
    public void Starting_points_count_as_planned_trials()
    {
        var study = Study(spec => spec with
        {
            Trials = 1,
            Start = [Json("""{"lr":0.01,"optimizer":"adam"}"""), Json("""{"lr":0.02,"optimizer":"adam"}""")],
        });
        SuggestAll(TrialSuggester(study), 9, Completed).Count.ShouldBe(1);
    }

    [Fact]
    public void A_trial_has_the_studys_name_a_number_and_a_seed()
    {
        var trials = SuggestAll(TrialSuggester(Study()), 3, trial => trial);
        trials.Select(trial => (trial.Study, trial.Number, trial.Group, trial.State)).ShouldBe(
            [(Name, 1, "s7m2xqab-t1", TrialState.Running), (Name, 2, "s7m2xqab-t2", TrialState.Running),
                (Name, 3, "s7m2xqab-t3", TrialState.Running)]);
        trials.Select(trial => trial.Seed).ShouldBeUnique();
        trials.ShouldAllBe(trial => trial.AskedAt == Noon && trial.Reason != null && trial.Again == null);
        var external = TrialSuggester(Study(spec => spec with { Work = null }));
        SuggestAll(external, 1, trial => trial)[0].Group.ShouldBeNull("the trial runs outside Tenfold");
    }

    [Fact]
    public void A_lost_trial_is_repeated_before_anything_else()
    {
        var study = Study(spec => spec with
        {
            Start = [Json("""{"lr":0.01,"optimizer":"adam"}"""), Json("""{"lr":0.02,"optimizer":"adam"}""")],
        });
        var suggester = TrialSuggester(study);
        var first = suggester.Next([], Noon).Trial!;
        var again = suggester.Next([first with { State = TrialState.Lost }], Noon).Trial!;
        (again.Number, again.Again, again.Method, Settings(again)).ShouldBe((2, 1, "again", Settings(first)));
        again.Reason.ShouldBe(new Reason.RepeatsLostTrial(1));
        again.Seed.ShouldNotBe(first.Seed);
        var next = suggester.Next([first with { State = TrialState.Lost }, again], Noon).Trial!;
        (next.Method, Settings(next)).ShouldBe(("start", """{"lr":0.02,"optimizer":"adam"}"""));
    }

    [Fact]
    public void A_trial_that_is_lost_every_time_is_repeated_three_times()
    {
        var suggester = TrialSuggester(Study(spec => spec with { Trials = 2 }));
        var trials = SuggestAll(suggester, 20, trial => trial with { State = TrialState.Lost });
        trials.Select(trial => trial.Again).ShouldBe([null, 1, 2, 3, null, 5, 6, 7]);
        trials.Take(4).Select(Settings).Distinct().Count().ShouldBe(1);
        trials.Skip(4).Select(Settings).Distinct().Count().ShouldBe(1);
        Settings(trials[0]).ShouldNotBe(Settings(trials[4]));
    }

    [Fact]
    public void Lost_trials_are_repeated_in_their_order()
    {
        var suggester = TrialSuggester(Study());
        var trials = SuggestAll(suggester, 3, trial => trial);
        trials[0] = trials[0] with { State = TrialState.Lost };
        trials[2] = trials[2] with { State = TrialState.Lost };
        trials.Add(suggester.Next(trials, Noon).Trial!);
        trials.Add(suggester.Next(trials, Noon).Trial!);
        trials.Skip(3).Select(trial => trial.Again).ShouldBe([1, 3]);
    }

    [Fact]
    public void Repeats_dont_count_as_planned_trials()
    {
        var suggester = TrialSuggester(Study(spec => spec with { Trials = 3 }));
        var trials = SuggestAll(suggester, 20, trial => trial.Number is 1 or 2 ? trial with { State = TrialState.Lost } : Completed(trial));
        trials.Select(trial => trial.Again).ShouldBe([null, 1, 2, null, null]);
        suggester.Next(trials, Noon).ShouldBe(new NextTrial(null, new Reason.AllTrialsAsked(3)));
    }

    [Fact]
    public void A_trial_lost_after_the_last_planned_one_is_repeated()
    {
        var suggester = TrialSuggester(Study(spec => spec with { Trials = 2 }));
        var trials = SuggestAll(suggester, 9, trial => trial);
        trials.Count.ShouldBe(2);
        trials[1] = trials[1] with { State = TrialState.Lost };
        suggester.Next(trials, Noon).Trial.ShouldNotBeNull().Again.ShouldBe(2);
    }

    [Theory]
    [InlineData(SweepMethod.Grid)]
    [InlineData(SweepMethod.Random)]
    [InlineData(SweepMethod.Sobol)]
    public void Every_point_of_a_small_space_is_tried_once(SweepMethod method)
    {
        var suggester = TrialSuggester(
            Study(spec => spec with { Method = method, Trials = null, Start = [Json("""{"size":2,"kind":"b"}""")] }, Small));
        var trials = SuggestAll(suggester, 20, Completed);
        trials.Count.ShouldBe(6);
        trials.Select(Settings).ShouldBeUnique();
        Settings(trials[0]).ShouldBe("""{"size":2,"kind":"b"}""");
        suggester.Next(trials, Noon).Why.Words().ShouldBe("every point of the space has been asked");
    }

    [Theory]
    [InlineData(TrialState.Running)]
    [InlineData(TrialState.Failed)]
    [InlineData(TrialState.Pruned)]
    [InlineData(TrialState.Cancelled)]
    public void A_point_without_a_value_is_not_tried_again(TrialState state)
    {
        var suggester = TrialSuggester(Study(spec => spec with { Method = SweepMethod.Random, Trials = null }, Small));
        var trials = SuggestAll(suggester, 20, trial => trial with { State = state });
        trials.Count.ShouldBe(6);
        trials.Select(Settings).ShouldBeUnique();
    }

    [Theory]
    [InlineData(SweepMethod.Random)]
    [InlineData(SweepMethod.Sobol)]
    [InlineData(SweepMethod.Thompson)]
    [InlineData(SweepMethod.LogEI)]
    [InlineData(SweepMethod.Tpe)]
    [InlineData(SweepMethod.Auto)]
    public void The_suggestion_depends_only_on_the_trials_and_not_on_their_order_of_completion(SweepMethod method)
    {
        var study = Study(spec => spec with { Method = method, Parallel = 2 });
        var used = TrialSuggester(study);
        var trials = SuggestAll(used, 13, trial =>
        {
            var completed = Completed(trial);
            return trial.Number % 5 == 0 ? completed with { State = TrialState.Failed, Values = [] } : completed;
        });
        used.Prepare(trials);
        var expected = used.Next(trials, Noon).Trial!;
        // The trials ended in the opposite order, and a new suggester gets them.
        var reversed = trials.ConvertAll(
            trial => trial with { EndedAt = Noon.AddHours(trials.Count - trial.Number), Why = new Reason.Note("later") });
        var actual = TrialSuggester(study).Next(reversed, Noon).Trial!;
        (Settings(actual), actual.Method, actual.Reason, actual.Seed).ShouldBe(
            (Settings(expected), expected.Method, expected.Reason, expected.Seed));
        var otherStudy = study with { Spec = study.Spec with { Seed = 8 } };
        var first = TrialSuggester(study).Next([], Noon).Trial!;
        var seeded = TrialSuggester(otherStudy).Next([], Noon).Trial!;
        Settings(seeded).ShouldNotBe(Settings(first), "another seed gives other points");
    }
}
