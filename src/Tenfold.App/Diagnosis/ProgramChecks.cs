using Tenfold.Agent.Preparation;

namespace Tenfold.App.Diagnosis;

/// <summary>Checks for the programs that some projects need.</summary>
internal static class ProgramChecks
{
    private static readonly (string[] Names, string Purpose, string Fix)[] Programs =
    [
        (["git"], "records the commit", "apt-get install git"),
        (["python3"], "runs .py scripts and notebooks", "apt-get install python3 python3-venv"),
        (["uv"], "creates Python environments faster than venv and pip", "https://docs.astral.sh/uv"),
        (
            ["jupyter-nbconvert"],
            "runs notebooks",
            "pip install nbconvert ipykernel, or apt-get install jupyter-nbconvert python3-ipykernel"),
        (["dotnet"], "runs .cs scripts", "https://dot.net/download"),
        (
            ["micromamba", "mamba", "conda"],
            "creates environments from environment.yml, as mamba and conda do",
            "https://mamba.readthedocs.io"),
    ];

    /// <summary>Looks for each program.</summary>
    /// <param name="searchPath">The folders to search, as <c>PATH</c> lists them.</param>
    public static IEnumerable<Check> Run(string? searchPath)
    {
        foreach (var (names, purpose, fix) in Programs)
        {
            var found = names.Select(name => CommandLine.Find(name, searchPath)).FirstOrDefault(program => program is not null);
            yield return found is null ? new Check(names[0], CheckState.Missing, purpose, fix) : Check.Ok(names[0], found);
        }
    }
}
