using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tests.Tuning.Model;

public sealed class SurrogateTests
{
    [Fact]
    public void Too_few_or_equal_observations_have_no_model()
    {
        var space = Spaces.Cube(2);
        Assert.Null(Surrogate.Fit(space, Samples.Trials(space, 3)));
        Assert.Null(Surrogate.Fit(space, Samples.Trials(space, 30, value: _ => 4)));
        Assert.Null(Surrogate.Fit(space, Samples.Trials(space, 30, value: _ => double.NaN)));
        Assert.NotNull(Surrogate.Fit(space, Samples.Trials(space, 4)));
    }

    [Fact]
    public void Predictions_cover_the_truth_and_the_noise_is_estimated()
    {
        var space = Spaces.Cube(2);
        var normal = new NormalGenerator(new SplitMix64(2));
        var surrogate = Surrogate.Fit(space, Samples.Trials(space, 150, value: point => Samples.Bowl(point) + (0.1 * normal.Next())))!;
        Assert.InRange(surrogate.NoiseStandardDeviation, 0.07, 0.14);
        var queries = Samples.Points(space, 200, 12);
        var covered = queries.Count(point =>
        {
            var (mean, deviation) = surrogate.Predict(point);
            return Math.Abs(mean - Samples.Bowl(point)) < 2.5 * deviation;
        });
        Assert.InRange(covered, 170, 200);
    }

    [Fact]
    public void An_axis_without_effect_has_a_longer_length_scale()
    {
        var space = Spaces.Cube(2);
        var scales = Surrogate.Fit(space, Samples.Trials(space, 60, value: point => Math.Sin(8 * point[1])))!.LengthScales;
        Assert.True(scales[0] > 3 * scales[1], $"{scales[0]} and {scales[1]}");
    }

    [Fact]
    public void The_incumbent_is_not_the_luckiest_value()
    {
        var space = Spaces.Cube(2);
        var normal = new NormalGenerator(new SplitMix64(2));
        var trials = Samples.Trials(space, 80, value: point => Samples.Bowl(point) + (0.1 * normal.Next()));
        var poor = trials.MinBy(trial => Samples.Bowl(trial.Point))!;
        trials[trials.IndexOf(poor)] = poor with { Value = trials.Max(trial => trial.Value) + 0.01 };
        var incumbent = Surrogate.Fit(space, trials)!.Incumbent(trials)!;
        Assert.NotEqual(poor.Trial, incumbent.Trial);
        Assert.InRange(trials.Count(trial => Samples.Bowl(trial.Point) > Samples.Bowl(incumbent.Point)), 0, 8);
    }

    [Fact]
    public void A_mean_of_runs_counts_like_its_runs()
    {
        // Ten runs as one observation, or as ten equal observations of one run each.
        var space = Spaces.Cube(2);
        var trials = Samples.Trials(space, 20);
        List<Observation> repeated = [.. trials.Select(trial => trial with { Count = 10 })];
        List<Observation> apart = [.. trials.SelectMany(trial => Enumerable.Repeat(trial, 10))];
        var (a, b) = (Surrogate.Fit(space, repeated)!, Surrogate.Fit(space, apart)!);
        foreach (var point in Samples.Points(space, 10, 4)) Assert.Equal(a.Predict(point).Mean, b.Predict(point).Mean, 1e-6);
    }

    [Fact]
    public void A_failed_trial_does_not_bend_the_model()
    {
        var space = Spaces.Cube(1);
        List<Observation> trials =
            [.. Enumerable.Range(0, 11).Select(i => new Observation(i + 1, space.Snap([i / 10.0]), i > 6 ? double.NaN : i))];
        var surrogate = Surrogate.Fit(space, trials)!;
        var succeeded = Surrogate.Fit(space, [.. trials.Where(trial => trial.Trial <= 7)])!;
        foreach (var x in new[] { 0.0, 0.55, 0.9 }) Assert.Equal(succeeded.Predict([x]), surrogate.Predict([x]));
        Assert.Equal(7, surrogate.Incumbent(trials)!.Trial);
    }

    [Fact]
    public void A_large_study_is_modelled_by_a_subset_with_the_best()
    {
        var space = Spaces.Cube(3);
        var trials = Samples.Trials(space, 1500);
        var surrogate = Surrogate.Fit(space, trials)!;
        foreach (var point in Samples.Points(space, 50, 4)) Assert.Equal(Samples.Bowl(point), surrogate.Mean(point), 0.02);
        Assert.Equal(trials.MaxBy(trial => trial.Value)!.Trial, surrogate.Incumbent(trials)!.Trial);
    }

    [Fact]
    public void Few_noisy_values_give_uncertain_predictions()
    {
        // With sixteen values in six dimensions, the most likely fit has no noise and trusts the luckiest value.
        var space = Spaces.Cube(6);
        var (within, all) = (0, 0);
        for (var seed = 1; seed <= 20; seed++)
        {
            var normal = new NormalGenerator(new SplitMix64(seed));
            var trials = Samples.Trials(space, 16, seed, point => Samples.Bowl(point) + (0.3 * normal.Next()));
            if (Surrogate.Fit(space, trials) is not { } surrogate) continue;
            foreach (var trial in trials)
            {
                var (mean, deviation) = surrogate.Predict(trial.Point);
                all++;
                if (Math.Abs(mean - Samples.Bowl(trial.Point)) < 2 * deviation) within++;
            }
        }

        // Two deviations cover 0.70 of the true values here. With a prior that is uniform over orders of magnitude of noise, they cover
        // 0.51.
        Assert.InRange(within / (double)all, 0.65, 1);
    }
}
