namespace Tenfold.Projects.Tests;

public sealed class A_list_is_read_from_a_file : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ec2:\n  - i-0a\n  - i-0b\n")]
    [InlineData("ec2: [i-0a, i-0b]\nslack: general\n")]
    public void The_old_file_of_instances_is_read_as_it_is(string text) =>
        ListFile.Read(_folder.Write("instances.yml", text), "ec2").Match(
            items => items, faults => throw new InvalidOperationException($"{faults[0]}")).ShouldBe(["i-0a", "i-0b"]);

    [Theory]
    [InlineData("ec2: i-0a\n", "a list of texts")]
    [InlineData("ec2: []\n", "at least 1")]
    [InlineData("machines: [i-0a]\n", "'ec2'")]
    [InlineData("", "'ec2'")]
    [InlineData("ec2: [i-0a\n", "instances.yml")]
    public void A_file_without_a_list_is_refused(string text, string word) =>
        FaultOf(_folder.Write("instances.yml", text)).ShouldContain(word);

    [Fact]
    public void A_missing_file_is_refused() => FaultOf(_folder["instances.yml"]).ShouldContain("cannot be read");

    private static string FaultOf(string file) =>
        ListFile.Read(file, "ec2").Match(items => string.Join(", ", items), faults => $"{faults[0]}");
}
