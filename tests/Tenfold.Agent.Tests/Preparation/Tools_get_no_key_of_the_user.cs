using Tenfold.Agent.Preparation;

namespace Tenfold.Agent.Tests.Preparation;

/// <summary>pip runs what a project's own build asks for.</summary>
public sealed class Tools_get_no_key_of_the_user : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task The_programs_that_prepare_a_run_get_neither_ledger_nor_server()
    {
        string[] kept = ["TENFOLD_LEDGER", "TENFOLD_SERVER", "TENFOLD_API_KEY", "PGPASSWORD"];
        var settings = _machine.Settings with
        {
            Variables = kept.Append("PIP_INDEX_URL").ToDictionary(name => name, _ => "s3cr3t"),
        };
        var variables = BaseEnvironment.OfTools(settings, await _machine.SpecAsync("true"));
        variables.Keys.Intersect(kept).ShouldBeEmpty();
        variables["PIP_INDEX_URL"].ShouldBe("s3cr3t", "an index needs its password");
    }
}
