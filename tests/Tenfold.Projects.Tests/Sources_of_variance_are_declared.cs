namespace Tenfold.Projects.Tests;

public sealed class Sources_of_variance_are_declared
{
    [Fact]
    public void Sources_name_parameters_with_whole_numbers()
    {
        var train = Samples.Read("name: a\ntrain:\n  command: x\n  params: { split_seed: 0, order: 3 }\n"
            + "  vary: { split: split_seed, order: order }\n").Train;
        train.Vary.ShouldBe(new Dictionary<string, string> { ["split"] = "split_seed", ["order"] = "order" });
    }

    [Theory]
    [InlineData("{ split: split_sed }", "which 'params' doesn't declare; did you mean 'split_seed'?")]
    [InlineData("{ split: rate }", "'split' needs a parameter with a whole number as its default")]
    [InlineData("{ split: free }", "'split' needs a parameter with a whole number as its default")]
    [InlineData("{ split: split_seed, order: split_seed }", "two sources name the parameter 'split_seed'")]
    [InlineData("{ seed: split_seed }", "'seed' cannot name a source of variance: `--vary seed` needs no declaration")]
    public void Other_parameters_and_reserved_names_are_refused(string vary, string words) =>
        Samples.Faults($"name: a\ntrain:\n  command: x\n  params: {{ split_seed: 0, rate: 0.1, free: }}\n  vary: {vary}\n")
            .ShouldHaveSingleItem().ShouldContain(words);
}
