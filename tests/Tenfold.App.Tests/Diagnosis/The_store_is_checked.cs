using Tenfold.App.Diagnosis;

namespace Tenfold.App.Tests.Diagnosis;

public sealed class The_store_is_checked : IDisposable
{
    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_project_that_names_no_store_uses_the_homes()
    {
        var check = await FindAsync("store");
        (check.State, check.Detail).ShouldBe((CheckState.Ok, _place.Services.Stores.Home.Url));
        File.Exists(Path.Combine(_place.Services.Stores.Home.Url, ".probe")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_project_may_name_a_store()
    {
        _place.Configure("store: ../shared");
        var check = await FindAsync("store");
        check.State.ShouldBe(CheckState.Ok);
        check.Detail.ShouldNotBeNull().ShouldEndWith("/shared");
    }

    [Theory]
    [InlineData("store: train.sh/store", "train.sh")]
    [InlineData("store: /proc/store", "/proc/store")]
    public async Task A_store_that_cannot_be_written_is_wrong(string line, string named)
    {
        _place.Configure(line);
        var check = await FindAsync("store");
        check.State.ShouldBe(CheckState.Wrong);
        check.Detail.ShouldNotBeNull().ShouldContain(named);
    }

    private async Task<Check> FindAsync(string what) =>
        (await new Doctor(_place.Services).RunAsync(_place.Project, CancellationToken.None)).Where(check => check.What == what)
            .ShouldHaveSingleItem();
}
