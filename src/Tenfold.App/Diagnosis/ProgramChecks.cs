using Tenfold.Agent.Preparation;

namespace Tenfold.App.Diagnosis;

/// <summary>Checks for the programs that some projects need.</summary>
internal static class ProgramChecks
{
    private static readonly (string[] Names, string Purpose, string Mend)[] Programs =
    [
        (["git"], "records the commit", "apt-get install git"),
        (["python3"], "runs .py scripts and notebooks", "apt-get install python3 python3-venv"),
        (["uv"], "makes Python environments faster; without it, venv and pip do", "https://docs.astral.sh/uv"),
        (["jupyter-nbconvert"], "runs notebooks", "pip install nbconvert ipykernel, or apt-get install " +
            "jupyter-nbconvert python3-ipykernel"),
        (["dotnet"], "runs .cs scripts", "https://dot.net/download"),
        (["micromamba", "mamba",
            "conda"], "makes the environments of environment.yml; mamba and conda do too", "https://mamba.readthedocs.io"),
    ];

    /// <summary>Looks for each program on <c>PATH</c>.</summary>
    public static IEnumerable<Check> Run()
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        foreach (var (names, purpose, mend) in Programs)
        {
            var found = names.Select(name => CommandLine.Find(name, path)).FirstOrDefault(program => program is not null);
            yield return found is null ? new Check(names[0], CheckState.Missing, purpose, mend) : Check.Ok(names[0], found);
        }
    }
}
