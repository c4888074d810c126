using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tenfold.TestKit;

/// <summary>Inputs for fuzz tests: good inputs with random faults. Each has a number, from which it can be made again.</summary>
public static class Mutations
{
    // How long bench/fuzz runs each test at least, with new inputs each time. Otherwise a test takes the same few thousand inputs.
    private static readonly string? Seconds = Environment.GetEnvironmentVariable("TENFOLD_FUZZ_SECONDS");

    /// <summary>Checks inputs.</summary>
    /// <param name="seeds">Good inputs.</param>
    /// <param name="pieces">What may be inserted, beside single bytes.</param>
    /// <param name="count">How many inputs, at least.</param>
    /// <param name="check">Throws when the input shows a fault.</param>
    /// <exception cref="InvalidOperationException">The check threw; the message has the input's number and its bytes.</exception>
    public static async Task CheckAsync(IReadOnlyList<byte[]> seeds, IReadOnlyList<string> pieces, int count, Func<byte[], Task> check)
    {
        var bytes = pieces.Select(Encoding.UTF8.GetBytes).ToList();
        var (number, done, clock) = (Seconds is null ? 0 : Random.Shared.Next(), 0, Stopwatch.StartNew());
        var time = TimeSpan.FromSeconds(Seconds is null ? 0 : double.Parse(Seconds, CultureInfo.InvariantCulture));
        // A slow machine takes the same number at least, since tests count what their inputs led to.
        for (; done < count || clock.Elapsed < time; done++)
        {
            var input = Make(seeds, bytes, number++);
            try
            {
                await check(input);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"input {number - 1}, in Base64: {Convert.ToBase64String(input)}", e);
            }
        }

        if (Seconds is not null) Console.WriteLine($"{done} inputs");
    }

    /// <inheritdoc cref="CheckAsync(IReadOnlyList{byte[]}, IReadOnlyList{string}, int, Func{byte[], Task})"/>
    public static Task CheckAsync(IReadOnlyList<string> seeds, IReadOnlyList<string> pieces, int count, Action<byte[]> check) =>
        CheckAsync([.. seeds.Select(Encoding.UTF8.GetBytes)], pieces, count, input =>
        {
            check(input);
            return Task.CompletedTask;
        });

    private static byte[] Make(IReadOnlyList<byte[]> seeds, List<byte[]> pieces, int number)
    {
        var random = new Random(number);
        var input = new List<byte>(seeds[random.Next(seeds.Count)]);
        for (var faults = random.Next(1, 5); faults > 0; faults--)
        {
            var at = random.Next(input.Count + 1);
            var length = Math.Min(random.Next(1, 12), input.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    input.RemoveRange(at, length);
                    break;
                case 1:
                    input.InsertRange(at, pieces[random.Next(pieces.Count)]);
                    break;
                case 2:
                    input.RemoveRange(at, length);
                    input.InsertRange(at, pieces[random.Next(pieces.Count)]);
                    break;
                case 3:
                    input.InsertRange(random.Next(input.Count + 1), input.GetRange(at, length));
                    break;
                case 4 when at < input.Count:
                    input[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    input.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. input];
    }
}
