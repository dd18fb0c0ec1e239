namespace Coinsphere.Messaging.Onnx.Protobuf;

/// <summary>How a field of a protobuf message is written.</summary>
internal enum Wire
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
