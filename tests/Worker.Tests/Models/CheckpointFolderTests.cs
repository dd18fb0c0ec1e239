using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.Models;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly CheckpointFolder _checkpoints;

    public CheckpointFolderTests() =>
        _checkpoints = new CheckpointFolder(Options.Create(new ModelsOptions { Folder = _folder.Models }), SymbolCatalog.Default, TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Promotion_LetsTheCandidateServe_AndKeepsWhatServed()
    {
        Write("BTC_best.pth", "old");
        _checkpoints.WriteCandidate("BTC", "new"u8.ToArray());

        _checkpoints.Promote("BTC", 3);

        Assert.Equal(["BTC_best.pth new", "BTC_v1.pth old"], Files());
    }

    [Fact]
    public void InterruptedPromotion_LosesNothing_WhenItIsDoneAgain()
    {
        Write("BTC_v1.pth", "oldest");
        Write("BTC_best.pth", "old");
        // Killed between the copy and the change.
        Write("BTC_v2.pth", "old");
        _checkpoints.WriteCandidate("BTC", "new"u8.ToArray());

        _checkpoints.Promote("BTC", 2);

        Assert.Equal(["BTC_best.pth new", "BTC_v1.pth oldest", "BTC_v2.pth old"], Files());
    }

    [Fact]
    public void RollbackAfterAnInterruptedPromotion_GoesBackToAnotherModel()
    {
        Write("BTC_v1.pth", "oldest");
        Write("BTC_best.pth", "old");
        Write("BTC_v2.pth", "old");

        Assert.EndsWith("BTC_v1.pth", _checkpoints.Rollback("BTC"), StringComparison.Ordinal);

        Assert.Equal(["BTC_best.pth oldest", "BTC_candidate.pth old"], Files());
    }

    [Fact]
    public void RollbackWithoutAnotherModel_ChangesNothing()
    {
        Write("BTC_best.pth", "old");

        Assert.Null(_checkpoints.Rollback("BTC"));

        Assert.Equal(["BTC_best.pth old"], Files());
    }

    [Theory]
    [InlineData(".onnx", ".onnx")]
    [InlineData(".onnx", ".pth")]
    [InlineData(".pth", ".onnx")]
    public void Rollback_KeepsTheKindOfEachModel(string serving, string former)
    {
        Write($"BTC_best{serving}", "new");
        Write($"BTC_v1{former}", "old");

        Assert.EndsWith($"BTC_v1{former}", _checkpoints.Rollback("BTC"), StringComparison.Ordinal);

        Assert.Equal([$"BTC_best{former} old", $"BTC_candidate{serving} new"], Files());
    }

    [Fact]
    public void OnnxModel_ServesWhereThereIsNoCheckpoint()
    {
        Write("BTC_best.onnx", "own");
        Write("BTC_v1.onnx", "older");
        Write("BTC_v2.onnx", "old");
        Write("BTC_v2.pth", "trained");
        var files = _checkpoints.List();

        Assert.Equal(["BTC_best.onnx", "BTC_v1.onnx", "BTC_v2.pth"], _checkpoints.PathsOf("BTC", files).Select(path => Path.GetFileName(path)));
        Assert.Equal([("BTC_v2.onnx", "BTC_v2.pth")], _checkpoints.ShadowedOnnx("BTC", files));
        Assert.Equal("BTC_best.onnx", _checkpoints.OnnxOf("BTC"));
    }

    [Fact]
    public void CheckpointOfAnAlias_PassesOverTheSymbolsOnnxModel()
    {
        Write("MATIC_best.onnx", "own");
        Assert.Empty(_checkpoints.ShadowedOnnx("MATIC", _checkpoints.List()));
        Write("POL_best.pth", "trained");

        Assert.EndsWith("POL_best.pth", _checkpoints.BestOf("MATIC"), StringComparison.Ordinal);
        Assert.Equal([("MATIC_best.onnx", "POL_best.pth")], _checkpoints.ShadowedOnnx("MATIC", _checkpoints.List()));
    }

    // The checkpoint would serve in its place.
    [Fact]
    public void Promotion_BesideAnOnnxModel_IsRefused()
    {
        Write("BTC_best.onnx", "own");
        _checkpoints.WriteCandidate("BTC", "new"u8.ToArray());

        Assert.Contains("BTC_best.onnx exists", Assert.Throws<IOException>(() => _checkpoints.Promote("BTC", 3)).Message, StringComparison.Ordinal);
        Assert.Equal(["BTC_best.onnx own", "BTC_candidate.pth new"], Files());
    }

    [Fact]
    public void WhatAKilledWriterLeft_IsNoCheckpoint_AndGoesWithTheNextWrite()
    {
        Write("BTC_best.pth", "old");
        Write("BTC_best.pth.0123.tmp", "ha");
        Write("BTC.training.0123.tmp", "ha");
        Write("BTC_v1.pth.tmp", "just now");
        foreach (var file in new[] { "BTC_best.pth.0123.tmp", "BTC.training.0123.tmp" })
        {
            File.SetLastWriteTimeUtc(Path.Combine(_folder.Models, file), DateTime.UtcNow.AddHours(-2));
        }

        Assert.Single(_checkpoints.PathsOf("BTC", _checkpoints.List()));
        _checkpoints.WriteTraining("pooled", "state"u8.ToArray());

        Assert.Equal(["BTC_best.pth old", "BTC_v1.pth.tmp just now", "pooled.training state"], Files());
    }

    [Fact]
    public void AliasesFiles_AreTheSymbols()
    {
        Write("POL_best.pth", "old");
        _checkpoints.WriteCandidate("MATIC", "new"u8.ToArray());

        _checkpoints.Promote("MATIC", 3);

        Assert.Equal(["POL_best.pth new", "POL_v1.pth old"], Files());
        Assert.Equal(2, _checkpoints.AllOf("MATIC").Count());
    }

    [Fact]
    public void FifoInThePlaceOfWhatServes_HoldsNothingUp()
    {
        TestModels.MakeFifo(Path.Combine(_folder.Models, "BTC_best.pth"));
        _checkpoints.WriteCandidate("BTC", "new"u8.ToArray());

        Assert.Contains("a FIFO, expected a regular file", Assert.Throws<IOException>(() => _checkpoints.Promote("BTC", 3)).Message, StringComparison.Ordinal);
    }

    // Whoever spells a name reads another file one day.
    [Fact]
    public void NamesOfFiles_AreSpelledInOnePlace()
    {
        var spelled = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            // What answers look like.
            .Where(file => !file.EndsWith(Path.Combine("OpenApi", "Examples.cs"), StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file) is var text
                && new[] { "_best", "_candidate", ".training\"" }.Any(name => text.Contains(name, StringComparison.Ordinal)));

        Assert.Equal(["CheckpointFolder.cs"], spelled.Select(file => Path.GetFileName(file)));
    }

    private void Write(string file, string content) => File.WriteAllText(Path.Combine(_folder.Models, file), content);

    private string[] Files() =>
        [.. Directory.GetFiles(_folder.Models).Order(StringComparer.Ordinal).Select(path => $"{Path.GetFileName(path)} {File.ReadAllText(path)}")];
}
