using System.Diagnostics.CodeAnalysis;
using Tenfold.Core.Input;
using Tenfold.Core.Runs;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>Reads which sources of variance a user wants to vary.</summary>
public static class VariationChoice
{
    /// <summary>Reads the names of <c>--vary</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="project">The project, which declares the sources beside the seed and the hardware.</param>
    /// <param name="metric">The metric whose variance is wanted; null when none is named.</param>
    /// <param name="variation">The sources; null when none are named.</param>
    /// <param name="refusal">What is wrong with the request when this returns false.</param>
    public static bool TryRead(
        FitRequest request, ProjectFile project, MetricSpec? metric, out Variation? variation, [MaybeNullWhen(true)] out Refusal refusal)
    {
        (variation, refusal) = (null, null);
        if (request.Vary is not { } names) return true;
        var declared = project.Train.Vary;
        string[] known = [Variation.Seed, Variation.Hardware, .. declared.Keys];
        var repeat = request.Repeat ?? project.Repeat;
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            var meant = Nearest.To(unknown, known) is { } near ? $" Did you mean {near}?" : "";
            refusal = Refusal.BadInput(
                $"--vary knows {string.Join(", ", known)}, not {Excerpt.Of(unknown)}.{meant} tenfold.yaml declares a further source with "
                + "the parameter that is its seed: train: { vary: { split: split_seed } }");
        }
        else if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            refusal = Refusal.BadInput($"--vary names {twice.Key} twice; keep one");
        }
        else if (names.Count < 2)
        {
            refusal = Refusal.BadInput(
                "--vary needs two sources to compare, such as --vary seed,split. For the seed alone, leave it out: "
                + $"tenfold fit --repeat {Math.Max(repeat, 5)}");
        }
        else if (metric is null)
        {
            refusal = Refusal.BadInput("--vary needs a metric whose variance it tells; name one, such as --metric accuracy:maximize");
        }
        else if (repeat < Variation.FewestBlocks)
        {
            refusal = Refusal.BadInput($"--vary needs --repeat {Variation.FewestBlocks} or more, best 10: {repeat} tell no variance");
        }
        else if ((long)repeat * (names.Count + 1) > GroupExtender.MaxRepeats)
        {
            refusal = Refusal.BadInput(
                $"--vary with {names.Count} sources makes {(long)repeat * (names.Count + 1)} runs of {repeat} repeats, and a group has at "
                + $"most {GroupExtender.MaxRepeats}; take fewer repeats");
        }
        else
        {
            var chosen = new Variation([.. names.Select(name => new VariedSource(name, declared.GetValueOrDefault(name)))]);
            refusal = Overridden(chosen, request.Parameters);
            if (refusal is null) variation = chosen;
        }

        return refusal is null;
    }

    /// <summary>Refuses arguments that set what is drawn anew for each run: the draws would replace them.</summary>
    /// <param name="variation">The sources; null for none.</param>
    /// <param name="arguments">Parameters, each <c>name=value</c>.</param>
    /// <returns>Null when nothing is wrong.</returns>
    internal static Refusal? Overridden(Variation? variation, IReadOnlyList<string> arguments)
    {
        var given = arguments.Select(ParameterArguments.NameIn).ToHashSet();
        return variation?.Sources.FirstOrDefault(source => source.Parameter is { } parameter && given.Contains(parameter)) is { } drawn
            ? Refusal.BadInput($"-p sets {drawn.Parameter}, which --vary {drawn.Name} draws anew for each run; leave out one of them")
            : null;
    }
}
