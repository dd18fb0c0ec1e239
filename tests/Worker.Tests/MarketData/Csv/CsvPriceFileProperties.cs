using System.Text;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Csv;

/// <summary>Whatever a file holds, it is bars or a <see cref="InvalidMarketDataException"/>, in bounded memory.</summary>
public class CsvPriceFileProperties
{
    private const int MaxAllocated = 200_000_000;

    private static readonly DateOnly Today = new(2026, 1, 1);

    private static readonly byte[] Valid = Encoding.UTF8.GetBytes(string.Join('\n',
        [PriceFolder.Header, .. Enumerable.Range(1, 28).Select(day => PriceFolder.Row($"2024-01-{day:00}", marketCap: day % 3 == 0 ? "5e9" : ""))]));

    private static readonly byte[][] Tokens = new[]
    {
        "\"", "\"\"", ",", "\n", "\r", "\r\n", "\0", "-", "NaN", "∞", "1e999", "-1", "0", "9999-12-31", "0001-01-01", "2024-01-05",
        "\uFEFF", "\uD83D\uDE00", "'", ";", "\t", new string('9', 400), new string(',', 3000), "\n\n\n", "time", "close,", "\"\n\"", "T23:59:60Z", "+14:00",
    }.Select(Encoding.UTF8.GetBytes).Append([0xFF, 0xFE]).Append([0xFE, 0xFF]).Append([0xFF, 0xFE, 0, 0]).Append([0xC3]).ToArray();

    private static readonly Gen<Mutation> Mutations =
        from at in Gen.Choose(0, Valid.Length * 2)
        from removed in Gen.Frequency((4, Gen.Choose(0, 6)), (1, Gen.Choose(0, 400)))
        from added in Gen.OneOf(Gen.Elements(Tokens), Gen.Choose(0, 255).Select(value => new[] { (byte)value }), Gen.Constant(Array.Empty<byte>()))
        select new Mutation(at, removed, added);

    [Fact]
    public void MutatedFiles_AreBarsOrARefusal() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3_000), Prop.ForAll(Arb.From(Mutations.NonEmptyListOf()), mutations => IsHandled(Mutated(mutations))));

    [Fact]
    public void RandomBytes_AreBarsOrARefusal() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1_000),
            Prop.ForAll(Arb.From(Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf()), IsHandled));

    [Fact]
    public void TextUnderTheWrongMark_IsBarsOrARefusal() => Assert.All(Tokens, token => Assert.True(IsHandled([.. token, .. Valid])));

    private static bool IsHandled(byte[] content)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var stream = new MemoryStream(content);
            var bars = CsvPriceFile.Parse(stream, "BTC.csv", "BTC", Today).Series.Bars.Span;
            for (var i = 0; i < bars.Length; i++)
            {
                Assert.Null(BarRules.Check(bars[i]));
                Assert.True(i == 0 || bars[i].Day > bars[i - 1].Day);
            }

            Assert.True(bars.IsEmpty || (bars[0].Day >= new DateOnly(2009, 1, 1) && bars[0].Day <= Today.AddDays(1)));
        }
        catch (InvalidMarketDataException e)
        {
            Assert.StartsWith("BTC.csv line ", e.Message, StringComparison.Ordinal);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before < MaxAllocated;
    }

    private static byte[] Mutated(IEnumerable<Mutation> mutations)
    {
        var content = Valid.ToList();
        foreach (var mutation in mutations)
        {
            // The first half of the range is the file, the second its header and first rows: those decide most.
            var at = mutation.At < Valid.Length ? mutation.At : mutation.At % 120;
            at = Math.Min(at, content.Count);
            content.RemoveRange(at, Math.Min(mutation.Removed, content.Count - at));
            content.InsertRange(at, mutation.Added);
        }

        return [.. content];
    }

    private sealed record Mutation(int At, int Removed, byte[] Added);
}
