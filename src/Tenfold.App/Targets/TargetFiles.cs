using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects;

namespace Tenfold.App.Targets;

/// <summary>Replaces the names of files in a target's settings by the lists in the files.</summary>
internal static class TargetFiles
{
    /// <summary>Reads the files.</summary>
    /// <param name="kind">The target's kind.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="folder">The project's folder, to which the names are relative; null for none.</param>
    /// <returns>Settings that name no file; or a refusal with every fault of a file.</returns>
    public static Outcome<TargetSettings> Read(TargetKindDeclaration kind, TargetSettings settings, string? folder)
    {
        foreach (var (key, list, name) in Named(kind, settings))
        {
            var read = ListFile.Read(Path.Combine(folder ?? ".", name), list).ToOutcome();
            if (!read.Succeeded(out var items, out var refusal)) return refusal;
            settings = settings.With(key, new ListValue([.. items.Select(item => new TextValue(item))]));
        }

        return settings;
    }

    /// <summary>The files that settings name.</summary>
    public static IEnumerable<string> In(TargetSettings settings) =>
        TargetKinds.Declarations.Where(kind => kind.Kind == settings.Kind)
            .SelectMany(kind => Named(kind, settings)).Select(one => one.File);

    private static IEnumerable<(string Key, string List, string File)> Named(TargetKindDeclaration kind, TargetSettings settings)
    {
        foreach (var option in kind.Options.OfType<TextListOption>())
            if (option.KeyInFile is { } list && settings.Text(option.Key) is { } file) yield return (option.Key, list, file);
    }
}
