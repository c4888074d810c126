using Tenfold.App.Views;
using Tenfold.Core.Output;

namespace Tenfold.Cli.Output;

/// <summary>Lists deliveries. Each has two lines or more, since a table would have no room for what a delivery led to.</summary>
internal static class DeliveryText
{
    private const string Indent = "    ";

    // The host and eight characters, as in github-72d3162e.
    private const int ShortLength = 15, WideLine = 200;

    /// <summary>Writes the list.</summary>
    /// <param name="deliveries">The deliveries.</param>
    /// <param name="now">The time.</param>
    /// <param name="width">The terminal's width; null for a file.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<DeliveryView> deliveries, DateTimeOffset now, int? width)
    {
        var ids = deliveries.Select(delivery => delivery.Id).ToList();
        var length = ShortLength;
        while (ids.Select(id => Short(id, length)).Distinct().Count() < ids.Count) length++;
        var room = (width ?? WideLine) - Indent.Length;
        foreach (var delivery in deliveries)
        {
            yield return PlainText.Of(
                $"{Short(delivery.Id, length)}  {HumanText.Ago(delivery.ReceivedAt, now)}  {delivery.Repository}  {delivery.Event}");
            foreach (var result in delivery.Results)
                foreach (var line in HumanText.Wrapped(PlainText.Of(result).ReplaceLineEndings(" "), room)) yield return Indent + line;
            if (!delivery.HasBody) yield return $"{Indent}(its body was removed because of its age)";
        }
    }

    private static string Short(string id, int length) => id[..Math.Min(length, id.Length)];
}
