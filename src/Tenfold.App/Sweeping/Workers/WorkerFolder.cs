namespace Tenfold.App.Sweeping.Workers;

/// <summary>The folder of the Python module <c>tenfold_study</c>, which workers find by <c>PYTHONPATH</c>.</summary>
internal static class WorkerFolder
{
    private const string Module = "tenfold_study.py";

    /// <summary>Writes the module unless it is there already, and returns its folder.</summary>
    /// <param name="home">The home of Tenfold.</param>
    public static string Write(string home)
    {
        using var stream = typeof(WorkerFolder).Assembly.GetManifestResourceStream(Module)!;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var folder = Path.Combine(home, "python");
        var file = Path.Combine(folder, Module);
        if (File.Exists(file) && File.ReadAllText(file) == text) return folder;
        Directory.CreateDirectory(folder);
        var temporary = $"{file}.{Guid.NewGuid():N}";
        File.WriteAllText(temporary, text);
        File.Move(temporary, file, overwrite: true);
        return folder;
    }
}
