namespace Coinsphere.Messaging.Docs.Tests;

/// <summary>Every command of the documents is run as it stands, in a folder with sample prices, and prints what the document shows.</summary>
public sealed class DocumentTests(SamplePrices prices) : IClassFixture<SamplePrices>
{
    public static TheoryData<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md"))
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(name => Document.Read(name).Blocks.Any(block => !block.IsLeftOut))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Commands_RunAndPrintWhatIsShown(string document)
    {
        await using var place = await WorkingPlace.CreateAsync(prices.Folder);
        foreach (var block in Document.Read(document).Blocks.Where(block => !block.IsLeftOut))
        {
            var run = await place.RunAsync(block.Text);

            Assert.True(run.Code == block.Code, $"{document} line {block.Line} ended with {run.Code}:\n{block.Text}\n{run.Output}{run.Errors}");
            if (block.Output is { } shown && ShownOutput.Missing(place.Here(shown), $"{run.Output}\n{run.Errors}", block.DoNumbersVary) is { } line)
            {
                Assert.Fail($"{document} line {block.Line} does not print:\n{line}\nbut:\n{run.Output}{run.Errors}");
            }
        }
    }
}
