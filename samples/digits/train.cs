// Trains a small neural network to read handwritten digits: one hidden layer, softmax, mini-batch SGD with momentum.
//
// By hand:         dotnet run train.cs
// With repeats:    tenfold fit --repeat 10
//
// It follows Tenfold's worker contract and needs nothing but .NET: its inputs and outputs are environment variables, files and
// lines of JSON. The seed decides the split into training and test digits, the first weights, the order of the digits and which
// units dropout drops. Nothing else is random, so a seed always gives the same result.

#:property PublishAot=false

// (Without that line .NET asks for its native compiler, a large download that a script doesn't need.)

using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;

// --- inputs --------------------------------------------------------------------------------------------------------

var settings = Settings.Read(Environment.GetEnvironmentVariable("TENFOLD_PARAMS"));
var seed = ulong.Parse(Environment.GetEnvironmentVariable("TENFOLD_SEED") ?? "0", CultureInfo.InvariantCulture);
var modelFolder = Environment.GetEnvironmentVariable("TENFOLD_MODEL_DIR");
var checkpointFolder = Environment.GetEnvironmentVariable("TENFOLD_CHECKPOINT_DIR");
var data = Environment.GetEnvironmentVariable("TENFOLD_DATA_TRAIN") ?? Path.Combine("data", "digits.csv");
if (Directory.Exists(data)) data = Path.Combine(data, "digits.csv");     // some targets give a folder
if ((settings.Fault() ?? (File.Exists(data) ? null : $"there is no file {data}")) is { } fault)
{
    Console.Error.WriteLine(fault);
    return 2;
}

var stop = false;
using var onStop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => { signal.Cancel = true; Volatile.Write(ref stop, true); });

// --- the split: four fifths to learn from, one fifth to be tested on ----------------------------------------------------

var digits = Digit.ReadAll(data);
new Dice(seed, stream: 0).Shuffle(digits);
var test = digits.AsSpan(0, digits.Length / 5).ToArray();
var train = digits.AsSpan(digits.Length / 5).ToArray();

// --- training -------------------------------------------------------------------------------------------------------

var network = new Network(settings, new Dice(seed, stream: 1));
var checkpoint = checkpointFolder is null ? null : new Checkpoint(checkpointFolder, $"{settings} seed {seed}");
var epoch = checkpoint?.Load(network) ?? 0;
if (epoch > 0) Console.Error.WriteLine($"resuming after epoch {epoch}");

while (epoch < settings.Epochs && !Volatile.Read(ref stop))
{
    epoch++;
    // Each epoch has its own random numbers, so that a resumed run continues exactly as if it had not been interrupted.
    var dice = new Dice(seed, stream: 1 + (ulong)epoch);
    var order = (Digit[])train.Clone();
    dice.Shuffle(order);

    var loss = 0.0;
    for (var from = 0; from < order.Length; from += settings.BatchSize)
        loss += network.Learn(order.AsSpan(from, Math.Min(settings.BatchSize, order.Length - from)), dice);
    loss /= order.Length;
    if (!double.IsFinite(loss))
    {
        Console.Error.WriteLine($"the training diverged in epoch {epoch} (loss {loss}): try a learning_rate below {settings.LearningRate}");
        return 1;
    }

    Report("loss", loss, epoch);
    Report("accuracy", network.Accuracy(test), epoch);
    if (epoch % 10 == 0) checkpoint?.Save(network, epoch);
}

// --- outputs ---------------------------------------------------------------------------------------------------------

if (modelFolder is not null) network.Write(Path.Combine(modelFolder, "model.json"));
if (epoch == settings.Epochs) return 0;

checkpoint?.Save(network, epoch);
Console.Error.WriteLine($"asked to stop; saved after epoch {epoch}");
return 143;     // 128 + SIGTERM: stopped, not done

static void Report(string metric, double value, int step) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"metric":"{{metric}}","value":{{value:R}},"step":{{step}}}"""));

// --- the parts -----------------------------------------------------------------------------------------------------------

/// <summary>The parameters, by default those of tenfold.yaml.</summary>
sealed record Settings(
    float LearningRate = 0.05f, float Momentum = 0.9f, int Hidden = 16, int Epochs = 80, int BatchSize = 32, float Dropout = 0,
    float LabelSmoothing = 0, float WeightDecay = 0)
{
    /// <returns>What is wrong with the values; null when nothing is.</returns>
    public string? Fault()
    {
        if (Hidden < 1 || Epochs < 1 || BatchSize < 1) return $"hidden, epochs and batch_size must be at least 1: {this}";
        if (Dropout is < 0 or >= 1) return $"dropout must be at least 0 and less than 1, not {Dropout}";
        if (LabelSmoothing is < 0 or >= 1) return $"label_smoothing must be at least 0 and less than 1, not {LabelSmoothing}";
        return null;
    }

    public static Settings Read(string? path)
    {
        var defaults = new Settings();
        if (path is null) return defaults;
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var given = document.RootElement;
        float Number(string name, float otherwise) => given.TryGetProperty(name, out var value) ? value.GetSingle() : otherwise;
        int Count(string name, int otherwise) => given.TryGetProperty(name, out var value) ? value.GetInt32() : otherwise;
        return new(
            Number("learning_rate", defaults.LearningRate), Number("momentum", defaults.Momentum), Count("hidden", defaults.Hidden),
            Count("epochs", defaults.Epochs), Count("batch_size", defaults.BatchSize), Number("dropout", defaults.Dropout),
            Number("label_smoothing", defaults.LabelSmoothing), Number("weight_decay", defaults.WeightDecay));
    }
}

/// <summary>An image of 8×8 pixels, 0 to 1, and the digit it shows.</summary>
sealed record Digit(float[] Pixels, int Label)
{
    public const int Size = 64, Classes = 10;

    public static Digit[] ReadAll(string path)
    {
        var digits = new List<Digit>();
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            var numbers = line.Split(',').Select(cell => int.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
            if (numbers.Length != Size + 1) throw new InvalidDataException($"{path}: expected {Size} pixels and a label, found '{line}'");
            digits.Add(new Digit([.. numbers.Take(Size).Select(pixel => pixel / 16f)], numbers[Size]));
        }
        return [.. digits];
    }
}

/// <summary>Random numbers (SplitMix64) that are the same on every machine and version of .NET.</summary>
sealed class Dice(ulong seed, ulong stream)
{
    private ulong state = Mix(Mix(seed) + stream);

    /// <summary>At least 0 and less than 1.</summary>
    public double Next() => (Mix(state += 0x9E3779B97F4A7C15) >> 11) * (1.0 / (1ul << 53));

    public void Shuffle<T>(T[] items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = (int)(Next() * (last + 1));
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>Weights with their gradient and velocity, row by row: a row is what one unit sends to the layer after it.</summary>
sealed class Layer(int inputs, int outputs)
{
    public readonly int Outputs = outputs;
    public readonly float[] Weights = new float[(inputs + 1) * outputs];    // the last row is the bias
    public readonly float[] Velocity = new float[(inputs + 1) * outputs];
    private readonly float[] gradient = new float[(inputs + 1) * outputs];

    /// <summary>He's initialisation: uniform, with variance 2 / inputs; biases are zero.</summary>
    public void Initialise(Dice dice)
    {
        for (var i = 0; i < inputs * Outputs; i++) Weights[i] = (float)(Math.Sqrt(6.0 / inputs) * (2 * dice.Next() - 1));
    }

    public void Forward(ReadOnlySpan<float> input, Span<float> output)
    {
        Weights.AsSpan(inputs * Outputs).CopyTo(output);
        for (var i = 0; i < inputs; i++)
            if (input[i] != 0) AddScaled(output, input[i], Weights.AsSpan(i * Outputs, Outputs));
    }

    public void AddGradient(ReadOnlySpan<float> input, ReadOnlySpan<float> error)
    {
        for (var i = 0; i < inputs; i++)
            if (input[i] != 0) AddScaled(gradient.AsSpan(i * Outputs, Outputs), input[i], error);
        AddScaled(gradient.AsSpan(inputs * Outputs), 1, error);
    }

    public void Step(Settings settings, int batchSize)
    {
        for (var i = 0; i < Weights.Length; i++)
        {
            var slope = gradient[i] / batchSize + settings.WeightDecay * Weights[i];
            Velocity[i] = settings.Momentum * Velocity[i] - settings.LearningRate * slope;
            Weights[i] += Velocity[i];
        }
        Array.Clear(gradient);
    }

    /// <summary>target += factor × source. Each element has its own sum, so a machine with wider vectors gets the same result.</summary>
    private static void AddScaled(Span<float> target, float factor, ReadOnlySpan<float> source)
    {
        var i = 0;
        for (; i <= target.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(target[i..]) + factor * new Vector<float>(source[i..])).CopyTo(target[i..]);
        for (; i < target.Length; i++) target[i] += factor * source[i];
    }
}

/// <summary>64 pixels → hidden units with ReLU → 10 classes with softmax.</summary>
sealed class Network
{
    private readonly Settings settings;
    private readonly Layer first, second;
    private readonly float[] hidden, hiddenError, output = new float[Digit.Classes];

    public Network(Settings settings, Dice dice)
    {
        this.settings = settings;
        (hidden, hiddenError) = (new float[settings.Hidden], new float[settings.Hidden]);
        (first, second) = (new(Digit.Size, settings.Hidden), new(settings.Hidden, Digit.Classes));
        first.Initialise(dice);
        second.Initialise(dice);
    }

    /// <summary>Every number that training changes.</summary>
    public IEnumerable<float[]> State => [first.Weights, first.Velocity, second.Weights, second.Velocity];

    /// <summary>One step of gradient descent.</summary>
    /// <returns>The sum of the batch's losses (cross-entropy, in nats).</returns>
    public double Learn(ReadOnlySpan<Digit> batch, Dice dice)
    {
        var loss = 0.0;
        foreach (var digit in batch)
        {
            Forward(digit, dice);
            for (var k = 0; k < Digit.Classes; k++)
            {
                var goal = (k == digit.Label ? 1 - settings.LabelSmoothing : 0) + settings.LabelSmoothing / Digit.Classes;
                if (goal > 0) loss -= goal * Math.Log(Math.Max(output[k], 1e-12f));
                output[k] -= goal;      // the gradient of cross-entropy after softmax
            }
            for (var j = 0; j < hidden.Length; j++)
            {
                var sum = 0f;
                if (hidden[j] > 0)
                    for (var k = 0; k < Digit.Classes; k++) sum += second.Weights[j * Digit.Classes + k] * output[k];
                hiddenError[j] = settings.Dropout > 0 ? sum / (1 - settings.Dropout) : sum;
            }
            second.AddGradient(hidden, output);
            first.AddGradient(digit.Pixels, hiddenError);
        }
        first.Step(settings, batch.Length);
        second.Step(settings, batch.Length);
        return loss;
    }

    public double Accuracy(Digit[] digits)
    {
        var right = 0;
        foreach (var digit in digits)
        {
            Forward(digit, dropping: null);
            if (Array.IndexOf(output, output.Max()) == digit.Label) right++;
        }
        return (double)right / digits.Length;
    }

    private void Forward(Digit digit, Dice? dropping)
    {
        first.Forward(digit.Pixels, hidden);
        for (var j = 0; j < hidden.Length; j++)
        {
            hidden[j] = Math.Max(hidden[j], 0);
            if (dropping is not null && settings.Dropout > 0)
                hidden[j] = dropping.Next() < settings.Dropout ? 0 : hidden[j] / (1 - settings.Dropout);
        }
        second.Forward(hidden, output);
        var (highest, sum) = (output.Max(), 0f);
        // In double precision, then rounded, so that the last bit doesn't depend on the machine's mathematics library.
        for (var k = 0; k < output.Length; k++) sum += output[k] = (float)Math.Exp(output[k] - highest);
        for (var k = 0; k < output.Length; k++) output[k] /= sum;
    }

    /// <summary>The model as JSON: the weights row by row, with the bias as the last row.</summary>
    /// <remarks>To use it: hidden = relu(pixels / 16 × first), probabilities = softmax(hidden × second).</remarks>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteString("kind", "digits-network/1");
        json.WriteNumber("hidden", hidden.Length);
        foreach (var (name, layer) in new[] { ("first", first), ("second", second) })
        {
            json.WriteStartArray(name);
            foreach (var weight in layer.Weights) json.WriteNumberValue(weight);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}

/// <summary>The state after an epoch, in a file that is always complete.</summary>
/// <param name="folder">The folder, which is created if necessary.</param>
/// <param name="of">What is trained. A checkpoint of something else is ignored.</param>
sealed class Checkpoint(string folder, string of)
{
    private readonly string path = Path.Combine(folder, "checkpoint.bin");

    public void Save(Network network, int epoch)
    {
        Directory.CreateDirectory(folder);
        using (var writer = new BinaryWriter(File.Create(path + ".new")))
        {
            writer.Write(of);
            writer.Write(epoch);
            foreach (var numbers in network.State) writer.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
        }
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <returns>The epoch after which the state was saved; 0 when there is no checkpoint.</returns>
    public int Load(Network network)
    {
        if (!File.Exists(path)) return 0;
        using var reader = new BinaryReader(File.OpenRead(path));
        if (reader.ReadString() != of) return 0;
        var epoch = reader.ReadInt32();
        foreach (var numbers in network.State) reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return epoch;
    }
}
