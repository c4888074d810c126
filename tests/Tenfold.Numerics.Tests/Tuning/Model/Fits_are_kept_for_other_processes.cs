using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Model;

namespace Tenfold.Numerics.Tests.Tuning.Model;

public sealed class Fits_are_kept_for_other_processes
{
    private readonly Store _store = new();

    [Theory]
    [InlineData(SweepMethod.Auto)]
    [InlineData(SweepMethod.LogEI)]
    [InlineData(SweepMethod.Thompson)]
    public void Another_process_takes_the_fit_and_suggests_what_it_would_have_suggested(SweepMethod method)
    {
        var history = History(40);
        var expected = SearchMethods.Create(method).Suggest(history)!.Point;
        Assert.Equal(expected, SearchMethods.Create(method, _store).Suggest(history)!.Point);
        Assert.Single(_store.Fits);
        Assert.Equal(expected, SearchMethods.Create(method, _store).Suggest(history)!.Point);
        Assert.Equal((1, 1), (_store.Found, _store.Added));
    }

    [Fact]
    public void A_few_more_trials_need_no_new_fit()
    {
        foreach (var count in new[] { 39, 40, 41 }) SearchMethods.Create(SweepMethod.LogEI, _store).Suggest(History(count));
        Assert.Equal(1, _store.Added);
        SearchMethods.Create(SweepMethod.LogEI, _store).Suggest(History(42));
        Assert.Equal(2, _store.Added);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 2 3")]
    [InlineData("0 1 0 1 0 1 1 NaN 1 1")]
    [InlineData("0 1 0 1 0 1 1 0 1 1")]
    [InlineData("0 1 0 1 0 1 1 x 1 1")]
    public void A_damaged_fit_is_made_again(string damaged)
    {
        var history = History(40);
        var expected = SearchMethods.Create(SweepMethod.LogEI, _store).Suggest(history)!.Point;
        _store.Fits[_store.Fits.Keys.Single()] = damaged;
        Assert.Equal(expected, SearchMethods.Create(SweepMethod.LogEI, _store).Suggest(history)!.Point);
        Assert.NotEqual(damaged, _store.Fits.Values.Single());
    }

    [Fact]
    public void A_fit_is_read_exactly_as_it_was_written()
    {
        var fit = new FittedModel(
            new ValueTransform(1.0 / 3, 2e-9, -4.7e300, 0.1, -7.123456789012345), new HyperParameters([0.1, 1e-5, Math.PI], 1.7, 1e-8));
        var read = FittedModel.Read(fit.Write(), 3)!;
        Assert.Equal(fit.Scale, read.Scale);
        Assert.Equal(fit.Parameters.LengthScales, read.Parameters.LengthScales);
        Assert.Equal((1.7, 1e-8), (read.Parameters.Variance, read.Parameters.Noise));
        Assert.Null(FittedModel.Read(fit.Write(), 4));
    }

    private static TuningHistory History(int count)
    {
        var space = Spaces.Cube(3);
        return new TuningHistory { Space = space, Observations = Samples.Trials(space, count), Number = count + 1, Seed = 5 };
    }

    private sealed class Store : IFitStore
    {
        public Dictionary<string, string> Fits { get; } = [];

        public int Found { get; private set; }

        public int Added { get; private set; }

        public string? Find(string key)
        {
            if (!Fits.TryGetValue(key, out var fit)) return null;
            Found++;
            return fit;
        }

        public void Add(string key, string fit)
        {
            Added++;
            Fits[key] = fit;
        }
    }
}
