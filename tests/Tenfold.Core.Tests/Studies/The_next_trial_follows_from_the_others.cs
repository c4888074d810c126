using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning;

using static Tenfold.Core.Tests.Studies.Example;

namespace Tenfold.Core.Tests.Studies;

public sealed class The_next_trial_follows_from_the_others
{
    [Fact]
    public void Points_to_begin_with_come_first_and_never_twice()
    {
        var study = Study(spec => spec with
        {
            Start = [Json("""{"lr":0.01,"optimizer":"adam"}"""), Json("""{"lr":0.02,"optimizer":"sgd","momentum":0.9}"""),
                Json("""{"lr":0.01,"optimizer":"adam"}""")],
        });
        var trials = AskAll(TrialSuggester(study), 4, Told);
        trials.Select(trial => trial.Method).ShouldBe(["start", "start", "sobol", "sobol"]);
        trials.Take(2).Select(Settings)
            .ShouldBe(["""{"lr":0.01,"optimizer":"adam"}""", """{"lr":0.02,"optimizer":"sgd","momentum":0.9}"""]);
        trials[0].Reason.ShouldBe("a point to begin with");
        trials.Select(Settings).ShouldBeUnique();
    }

    [Fact]
    public void A_point_to_begin_with_counts_among_the_planned()
    {
        var study = Study(
            spec => spec with
            {
                Trials = 1,
                Start = [Json("""{"lr":0.01,"optimizer":"adam"}"""), Json("""{"lr":0.02,"optimizer":"adam"}""")]
            });
        AskAll(TrialSuggester(study), 9, Told).Count.ShouldBe(1);
    }

    [Fact]
    public void A_trial_says_where_it_belongs()
    {
        var trials = AskAll(TrialSuggester(Study()), 3, trial => trial);
        trials.Select(trial => (trial.Study, trial.Number, trial.Group, trial.State)).ShouldBe(
            [(Name, 1, "s7m2xqab-t1", TrialState.Running), (Name, 2, "s7m2xqab-t2", TrialState.Running),
                (Name, 3, "s7m2xqab-t3", TrialState.Running)]);
        trials.Select(trial => trial.Seed).ShouldBeUnique();
        trials.ShouldAllBe(trial => trial.AskedAt == Noon && trial.Reason.Length > 0 && trial.Again == null);
        AskAll(TrialSuggester(Study(spec => spec with { Work = null })), 1, trial => trial)[0].Group.ShouldBeNull("somebody else runs it");
    }

    [Fact]
    public void A_lost_trial_is_asked_again_before_anything_else()
    {
        var study = Study(
            spec => spec with { Start = [Json("""{"lr":0.01,"optimizer":"adam"}"""), Json("""{"lr":0.02,"optimizer":"adam"}""")] });
        var asker = TrialSuggester(study);
        var first = asker.Next([], Noon).Trial!;
        var again = asker.Next([first with { State = TrialState.Lost }], Noon).Trial!;
        (again.Number, again.Again, again.Method, Settings(again)).ShouldBe((2, 1, "again", Settings(first)));
        again.Reason.ShouldBe("trial 1 was lost with its machine");
        again.Seed.ShouldNotBe(first.Seed);
        var next = asker.Next([first with { State = TrialState.Lost }, again], Noon).Trial!;
        (next.Method, Settings(next)).ShouldBe(("start", """{"lr":0.02,"optimizer":"adam"}"""));
    }

    [Fact]
    public void A_trial_that_is_lost_again_and_again_is_asked_three_times_more()
    {
        var trials = AskAll(TrialSuggester(Study(spec => spec with { Trials = 2 })), 20, trial => trial with { State = TrialState.Lost });
        trials.Select(trial => trial.Again).ShouldBe([null, 1, 2, 3, null, 5, 6, 7]);
        trials.Take(4).Select(Settings).Distinct().Count().ShouldBe(1);
        trials.Skip(4).Select(Settings).Distinct().Count().ShouldBe(1);
        Settings(trials[0]).ShouldNotBe(Settings(trials[4]));
    }

    [Fact]
    public void Several_lost_trials_are_asked_again_in_their_order()
    {
        var asker = TrialSuggester(Study());
        var trials = AskAll(asker, 3, trial => trial);
        trials[0] = trials[0] with { State = TrialState.Lost };
        trials[2] = trials[2] with { State = TrialState.Lost };
        trials.Add(asker.Next(trials, Noon).Trial!);
        trials.Add(asker.Next(trials, Noon).Trial!);
        trials.Skip(3).Select(trial => trial.Again).ShouldBe([1, 3]);
    }

    [Fact]
    public void Trials_are_counted_by_points_and_not_by_tries()
    {
        var asker = TrialSuggester(Study(spec => spec with { Trials = 3 }));
        var trials = AskAll(asker, 20, trial => trial.Number is 1 or 2 ? trial with { State = TrialState.Lost } : Told(trial));
        trials.Select(trial => trial.Again).ShouldBe([null, 1, 2, null, null]);
        asker.Next(trials, Noon).ShouldBe(new NextTrial(null, new Reason.AllTrialsAsked(3)));
    }

    [Fact]
    public void One_that_is_lost_after_the_last_was_asked_is_asked_again()
    {
        var asker = TrialSuggester(Study(spec => spec with { Trials = 2 }));
        var trials = AskAll(asker, 9, trial => trial);
        trials.Count.ShouldBe(2);
        trials[1] = trials[1] with { State = TrialState.Lost };
        asker.Next(trials, Noon).Trial.ShouldNotBeNull().Again.ShouldBe(2);
    }

    [Theory]
    [InlineData(SweepMethod.Grid)]
    [InlineData(SweepMethod.Random)]
    [InlineData(SweepMethod.Sobol)]
    public void Every_point_of_a_small_space_is_asked_once(SweepMethod method)
    {
        var asker = TrialSuggester(
            Study(spec => spec with { Method = method, Trials = null, Start = [Json("""{"size":2,"kind":"b"}""")] }, Small));
        var trials = AskAll(asker, 20, Told);
        trials.Count.ShouldBe(6);
        trials.Select(Settings).ShouldBeUnique();
        Settings(trials[0]).ShouldBe("""{"size":2,"kind":"b"}""");
        asker.Next(trials, Noon).Why.Words().ShouldBe("every point of the space has been asked");
    }

    [Theory]
    [InlineData(TrialState.Running)]
    [InlineData(TrialState.Failed)]
    [InlineData(TrialState.Pruned)]
    [InlineData(TrialState.Cancelled)]
    public void What_has_no_value_is_not_asked_again_either(TrialState state)
    {
        var asker = TrialSuggester(Study(spec => spec with { Method = SweepMethod.Random, Trials = null }, Small));
        var trials = AskAll(asker, 20, trial => trial with { State = state });
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
    public void Whoever_asks_in_whatever_order_the_values_came_gets_the_same(SweepMethod method)
    {
        var study = Study(spec => spec with { Method = method, Parallel = 2 });
        var used = TrialSuggester(study);
        var trials = AskAll(used, 13, trial =>
        {
            var told = Told(trial);
            return trial.Number % 5 == 0 ? told with { State = TrialState.Failed, Values = [] } : told;
        });
        used.Prepare(trials);
        var expected = used.Next(trials, Noon).Trial!;
        // Told in the opposite order, and looked at by somebody who comes anew.
        var other =
            trials.Select(trial => trial with { EndedAt = Noon.AddHours(trials.Count - trial.Number), Why = new Reason.Note("later") })
                .ToList();
        var fresh = TrialSuggester(study).Next(other, Noon).Trial!;
        (Settings(fresh), fresh.Method, fresh.Reason, fresh.Seed).ShouldBe(
            (Settings(expected), expected.Method, expected.Reason, expected.Seed));
        var (first, seeded) =
            (TrialSuggester(study).Next([], Noon).Trial!, TrialSuggester(study with { Spec = study.Spec with { Seed = 8 } })
                .Next([], Noon).Trial!);
        Settings(seeded).ShouldNotBe(Settings(first), "the seed has a say");
    }
}
