using System.Text;
using Tenfold.Core.Input;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects;

/// <summary>The project that <c>tenfold fit train.py</c> assumes when there is no <c>tenfold.yaml</c>.</summary>
public static class AssumedProject
{
    /// <summary>
    /// Makes a project for the script's folder. It has the folder's name, the folder's <c>requirements.txt</c> or <c>environment.yml</c> if
    /// there is one, and no metric. It accepts every <c>-p</c>.
    /// </summary>
    /// <param name="scriptPath">The path of the script.</param>
    public static Checked<LocatedProject> For(string scriptPath)
    {
        var full = Path.GetFullPath(scriptPath);
        if (Fault(full) is { } fault) return Checked<LocatedProject>.Of(new Fault(Excerpt.Bare(scriptPath, longest: 200), 0, 0, fault));
        var folder = Path.GetDirectoryName(full)!;
        var project = new ProjectFile
        {
            Name = NameFrom(Path.GetFileName(folder)),
            Train = new Training { Script = Path.GetFileName(full), Environment = EnvironmentIn(folder), AnyParameter = true },
        };
        return Checked<LocatedProject>.Of(new LocatedProject(project, folder, null));
    }

    /// <summary>Makes a valid project name from the name of a folder.</summary>
    public static string NameFrom(string folder)
    {
        var name = new StringBuilder();
        foreach (var c in folder)
        {
            if (char.IsAsciiLetterOrDigit(c) || (name.Length > 0 && ParameterNames.IsNameCharacter(c))) name.Append(c);
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
        }

        var trimmed = name.ToString(0, Math.Min(name.Length, 64)).TrimEnd('-', '.');
        return trimmed.Length == 0 ? "project" : trimmed;
    }

    private static string? Fault(string path)
    {
        if (Directory.Exists(path)) return "this is a folder without a tenfold.yaml; name a script in it, or run 'tenfold init' there";
        if (!File.Exists(path)) return "no such script; check the path";
        return References.HasExtension(path, ".py", ".ipynb", ".cs") ? null
            : "a script ends in .py, .ipynb or .cs; for any other command write a tenfold.yaml with 'tenfold init'";
    }

    private static TrainingEnvironment EnvironmentIn(string folder)
    {
        if (File.Exists(Path.Combine(folder, "requirements.txt")))
            return new TrainingEnvironment(EnvironmentKind.Requirements, "requirements.txt");
        return File.Exists(Path.Combine(folder, "environment.yml")) ? new TrainingEnvironment(EnvironmentKind.Conda, "environment.yml")
            : TrainingEnvironment.System;
    }
}
