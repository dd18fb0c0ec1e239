using Coinsphere.Messaging.Forecasting.Checkpoints;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Onnx.Tests;

/// <summary>Damaged files are refused or give probabilities; none ends the process that reads them, for this one reads and runs them all.</summary>
public sealed class MutationTests
{
    private const int MostMegabytes = 4_000;

    [Theory]
    [InlineData("gru")]
    [InlineData("convolution")]
    [InlineData("transformer")]
    public void MutatedFile_IsRefusedOrGivesProbabilities(string kind)
    {
        ProcessLimits.SetMemory(MostMegabytes);
        var whole = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", $"{kind}.onnx"));
        var mutations = Gen.Zip(Gen.Choose(0, whole.Length - 1), Gen.Choose(0, 511)).NonEmptyListOf().Select(list => list.Take(4).ToArray()).ToArbitrary();

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(mutations, mutation => IsRefusedOrGivesProbabilities(Mutate(whole, mutation))));
    }

    private static bool IsRefusedOrGivesProbabilities(byte[] content)
    {
        try
        {
            var model = OnnxModel.Read(content, "TEST_best.onnx");
            var probabilities = new float[3];
            new OnnxNetwork(model).Forward(new float[model.SequenceLength * 20], probabilities);
            return probabilities.All(float.IsFinite) && Math.Abs(probabilities.Sum() - 1) < 0.01;
        }
        catch (CheckpointException fault)
        {
            return fault.Message.StartsWith("TEST_best.onnx: ", StringComparison.Ordinal) && !fault.Message.Contains('\n', StringComparison.Ordinal);
        }
    }

    // A byte becomes another, is taken out, or is put in twice.
    private static byte[] Mutate(byte[] whole, (int At, int How)[] mutation)
    {
        var mutated = whole.ToList();
        foreach (var (at, how) in mutation)
        {
            var place = at % mutated.Count;
            // Mostly the first: the others move all that follows.
            if (how < 464)
            {
                mutated[place] = (byte)how;
            }
            else if (how < 488)
            {
                mutated.RemoveAt(place);
            }
            else
            {
                mutated.Insert(place, mutated[place]);
            }
        }

        return [.. mutated];
    }
}
