using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Preparation;

/// <summary>The folders of one attempt on this machine. All but the checkpoints go when the attempt has ended.</summary>
public sealed class Workspace
{
    /// <summary>Names the folders; makes none.</summary>
    /// <param name="home">The agent's own folder on this machine.</param>
    /// <param name="assignment">The attempt.</param>
    public Workspace(string home, Assignment assignment)
    {
        Root = Path.Combine(home, "work", assignment.Attempt);
        Checkpoints = Path.Combine(home, "checkpoints", assignment.Run);
    }

    /// <summary>What the others lie in.</summary>
    public string Root { get; }

    /// <summary>The snapshot's files, and the command's working folder.</summary>
    public string Code => Path.Combine(Root, "code");

    /// <summary><c>$TENFOLD_MODEL_DIR</c>.</summary>
    public string Model => Path.Combine(Root, "model");

    /// <summary><c>$TENFOLD_OUTPUT_DIR</c>.</summary>
    public string Output => Path.Combine(Root, "output");

    /// <summary><c>$TENFOLD_CHECKPOINT_DIR</c>: one for all attempts of the run.</summary>
    public string Checkpoints { get; }

    /// <summary><c>$TENFOLD_PARAMS</c>.</summary>
    public string Parameters => Path.Combine(Root, "params.json");

    /// <summary>Makes the folders, empty but for the checkpoints, and writes the parameters' file.</summary>
    public void Create(Assignment assignment)
    {
        Delete();
        foreach (var folder in new[] { Root, Model, Output, Checkpoints }) Directory.CreateDirectory(folder);
        File.WriteAllText(Parameters, assignment.Spec.Parameters.GetRawText() + "\n");
    }

    /// <summary>Removes all but the checkpoints.</summary>
    public void Delete()
    {
        if (Directory.Exists(Root)) Directory.Delete(Root, recursive: true);
    }
}
