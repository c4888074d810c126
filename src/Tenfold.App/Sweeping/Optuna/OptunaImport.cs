using System.Data.Common;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Sql.Optuna;

namespace Tenfold.App.Sweeping.Optuna;

/// <summary>Opens an Optuna study that a user names as <c>FILE.db</c>, <c>FILE.db#study</c> or <c>sqlite:///FILE.db#study</c>.</summary>
/// <param name="services">The services of this home.</param>
public sealed class OptunaImport(Services services)
{
    private const string Scheme = "sqlite:///";

    /// <summary>True when a text names a file or another storage of Optuna, rather than a study of the ledger.</summary>
    public static bool IsMeant(string from) => from.AsSpan().ContainsAny('.', '/');

    /// <summary>Opens a study.</summary>
    /// <param name="from">The file and the study's name. The name may be left out when the file has one study.</param>
    /// <param name="folder">The folder that a relative path starts from; null for this process's.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The study; or a refusal: no such file or study, another kind of file, or several objectives.</returns>
    public async Task<Outcome<OptunaSource>> OpenAsync(string from, string? folder, CancellationToken cancellationToken)
    {
        var text = from.StartsWith(Scheme, StringComparison.Ordinal) ? from[Scheme.Length..] : from;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return Refusal.BadInput(
                $"{Bare(from)} is not a file, and Tenfold reads SQLite files only. Copy the study with Optuna: optuna.copy_study(" +
                "from_study_name=…, from_storage=…, to_storage=\"sqlite:///study.db\")");
        }

        var start = Path.GetFullPath(folder ?? services.Session.WorkingFolder ?? ".");
        var (path, name) = (Path.GetFullPath(text, start), (string?)null);
        // Both names may contain the sign: the file's ends at the first sign before which there is a file.
        for (var at = text.IndexOf('#', StringComparison.Ordinal); at >= 0 && !File.Exists(path); at = text.IndexOf('#', at + 1))
            if (at > 0) (path, name) = (Path.GetFullPath(text[..at], start), text[(at + 1)..]);
        if (!File.Exists(path)) return Refusal.NotFound($"from: there is no file {path}; name an SQLite file of Optuna: FILE.db#study");
        try
        {
            if (!OptunaFile.IsDatabase(path))
            {
                return Refusal.BadInput(
                    $"from: {path} is not an SQLite database. Tenfold reads Optuna's SQLite storage; of a journal file, make one with " +
                    "optuna.copy_study");
            }

            var file = new OptunaFile(path);
            if (await file.ListAsync(cancellationToken) is not { } studies)
                return Refusal.BadInput($"from: {path} is an SQLite database, but not one of Optuna");
            if (!Choose(studies, name, path).Succeeded(out var study, out var refusal)) return refusal;
            var trials = await file.ReadTrialsAsync(study.Id, cancellationToken);
            return new OptunaSource($"{Path.GetFileName(path)}#{study.Name}", study, trials);
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            return Refusal.Damaged($"from: {path} can't be read: {e.Message}");
        }
    }

    private static Outcome<OptunaStudy> Choose(IReadOnlyList<OptunaStudy> studies, string? name, string path)
    {
        var names = string.Join(", ", studies.Take(8).Select(study => study.Name)) + (studies.Count > 8 ? ", …" : "");
        if (studies.Count == 0) return Refusal.NotFound($"from: {path} has no study");
        if (name is null && studies.Count > 1)
        {
            return Refusal.BadInput(
                $"from: {path} has {studies.Count} studies: {names}. Name one: {Path.GetFileName(path)}#{studies[0].Name}");
        }

        if ((name is null ? studies[0] : studies.FirstOrDefault(one => one.Name == name)) is not { } study)
            return Refusal.NotFound($"from: {path} has no study {name}; it has {names}");
        return study.Directions.Count == 1 ? study : Refusal.BadInput(
            $"from: {study.Name} has {study.Directions.Count} objectives, and a sweep has one metric. " +
            "Copy one objective into a study of its own with Optuna");
    }

    // A URL may contain a password.
    private static string Bare(string url) => url[..(url.IndexOf("://", StringComparison.Ordinal) + 3)] + "…";
}

/// <summary>An Optuna study with its trials.</summary>
/// <param name="Name">The file's name and the study's, such as <c>study.db#digits</c>.</param>
/// <param name="Study">The study.</param>
/// <param name="Trials">Its trials.</param>
public sealed record OptunaSource(string Name, OptunaStudy Study, IReadOnlyList<OptunaTrial> Trials)
{
    /// <summary>Which way the objective is better; null when the study does not say.</summary>
    public MetricGoal? Goal => Study.Directions[0] switch
    {
        "MAXIMIZE" => MetricGoal.Maximize,
        "MINIMIZE" => MetricGoal.Minimize,
        _ => null,
    };

    /// <summary>The settings of a trial.</summary>
    /// <returns>The settings; or BadInput when a parameter's distribution has no counterpart.</returns>
    internal static Outcome<Parameters> SettingsOf(OptunaTrial trial)
    {
        var settings = new OrderedDictionary<string, ParameterValue>(StringComparer.Ordinal);
        foreach (var setting in trial.Settings)
        {
            if (OptunaDistribution.Read(setting.Distribution)?.ValueOf(setting.Value) is not { } value)
            {
                return Refusal.BadInput(
                    $"the parameter {setting.Name} of trial {trial.Number} is {setting.Value} of {setting.Distribution}, which has no " +
                    "counterpart in a sweep: a value is a number, a text, true, false, null or a list of these");
            }

            settings[setting.Name] = value;
        }

        return Parameters.From(settings);
    }
}
